import { AI_ATTRIBUTE, AI_EVENT, ATTRIBUTE } from '@tokenmeter/meter'
import type { Viewer } from '@tokenmeter/viewer'

/** What a test says of a call that a viewer is told of; the rest is usual. */
export interface Told {
  readonly model?: string
  readonly status?: 'success' | 'error' | 'rate_limit' | 'cancelled'
  readonly input?: number
  readonly output?: number
  readonly cached?: number
  /** USD. */
  readonly cost?: number | undefined
  readonly feature?: string
  readonly user?: string
  readonly prompt?: string
  /** Milliseconds before now. */
  readonly ago?: number
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Attempts that were refused with 429, and the seconds that were waited after each. */
  readonly refused?: readonly number[]
}

let spans = 0

/** Tells a viewer of calls, a second apart, the last one now. */
export async function tell({ url }: Pick<Viewer, 'url'>, calls: readonly Told[]): Promise<void> {
  const now = Date.now()
  const told = calls.map((call, index) => spanOf(call, now - (call.ago ?? (calls.length - index) * 1000)))
  const resource = { attributes: attributes({ 'service.name': 'desk' }) }
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans: told }] }] })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/v1/traces`, { method: 'POST', body, headers })
  if (!response.ok) throw new Error(await response.text())
}

function spanOf({ model = 'gpt-4o', status = 'success', refused = [], ...call }: Told, start: number): unknown {
  spans += 1
  const id = spans.toString(16)
  const prompt = call.prompt && JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: call.prompt }] }])
  return {
    traceId: id.padStart(32, '0'),
    spanId: id.padStart(16, '0'),
    name: `chat ${model}`,
    kind: 3,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + 500}000000`,
    attributes: attributes({
      [ATTRIBUTE.genAiOperationName]: 'chat',
      [ATTRIBUTE.genAiProviderName]: 'openai',
      [ATTRIBUTE.genAiRequestModel]: model,
      [ATTRIBUTE.genAiUsageInputTokens]: call.input,
      [ATTRIBUTE.genAiUsageOutputTokens]: call.output,
      [ATTRIBUTE.genAiUsageCacheReadInputTokens]: call.cached,
      [ATTRIBUTE.genAiInputMessages]: prompt,
      [AI_ATTRIBUTE.operation]: 'chat_completion',
      [AI_ATTRIBUTE.status]: status,
      [AI_ATTRIBUTE.cost]: call.cost,
      [AI_ATTRIBUTE.attempts]: refused.length + 1,
      [AI_ATTRIBUTE.feature]: call.feature,
      [AI_ATTRIBUTE.user]: call.user ?? 'u1',
      ...call.attributes,
    }),
    events: refused.map((delay) => ({
      name: AI_EVENT.attempt,
      timeUnixNano: `${start}000000`,
      attributes: attributes({ [AI_ATTRIBUTE.httpStatus]: 429, [AI_ATTRIBUTE.delay]: delay }),
    })),
    status: status === 'success' ? {} : { code: 2 },
  }
}

function attributes(held: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(held)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: unknown): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
