import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { CallEnd, CallStart, RecorderOptions } from '../../src/index.ts'
import { flatPrice } from './calls.ts'
import { Telemetry } from './telemetry.ts'

/** The only span of one call. */
export async function spanOf(
  start: CallStart,
  end: CallEnd,
  options: Partial<RecorderOptions> = {},
): Promise<ReadableSpan> {
  await using telemetry = new Telemetry()
  telemetry
    .recorder({ price: flatPrice, ...options })
    .start(start)
    .end(end)
  const [span, ...others] = telemetry.spans
  if (!span || others.length > 0) throw new Error(`${telemetry.spans.length} spans of one call`)
  return span
}

/** What the span of a chat call has before anything is sent. */
export const REQUEST_ATTRIBUTES = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'openai.api.type': 'chat_completions',
  'server.address': 'api.openai.com',
  'server.port': 443,
  'ai.operation': 'chat_completion',
}
