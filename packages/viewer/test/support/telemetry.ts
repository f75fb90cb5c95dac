import { AI_ATTRIBUTE, ATTRIBUTE } from '@tokenmeter/meter'
import type { OtlpExport } from '../../src/receiver/receiver.ts'

/** A span as OTLP/JSON has it. */
export type JsonSpan = Readonly<Record<string, unknown>>

/** What a test says of a call; the rest is usual. */
export interface CallSpanFacts {
  readonly traceId?: string
  readonly spanId?: string
  readonly parentSpanId?: string
  readonly name?: string
  /** Milliseconds since the epoch. */
  readonly start?: number
  readonly durationMs?: number
  readonly model?: string
  readonly status?: 'success' | 'error' | 'rate_limit' | 'cancelled'
  readonly cost?: number
  readonly input?: number
  readonly output?: number
  readonly attributes?: Readonly<Record<string, string | number | boolean>>
  readonly events?: readonly unknown[]
}

/** When calls of tests begin: milliseconds since the epoch. */
export const START = 1_790_000_000_000

/** Numbers a person can tell apart. */
export const hexId = (digits: number, number: number): string => number.toString(16).padStart(digits, '0')

/** Attributes as OTLP/JSON writes them. */
export function jsonAttributes(attributes: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: unknown): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** The span of a call, as our own packages write it. */
export function callSpan(facts: CallSpanFacts = {}): JsonSpan {
  const { start = START, durationMs = 500, status = 'success', model = 'gpt-4o-mini' } = facts
  return {
    traceId: facts.traceId ?? hexId(32, 1),
    spanId: facts.spanId ?? hexId(16, 1),
    parentSpanId: facts.parentSpanId ?? '',
    name: facts.name ?? `chat ${model}`,
    kind: 3,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + durationMs}000000`,
    attributes: jsonAttributes({
      [ATTRIBUTE.genAiOperationName]: 'chat',
      [ATTRIBUTE.genAiProviderName]: 'openai',
      [ATTRIBUTE.genAiRequestModel]: model,
      [AI_ATTRIBUTE.operation]: 'chat_completion',
      [AI_ATTRIBUTE.status]: status,
      [AI_ATTRIBUTE.cost]: facts.cost,
      [ATTRIBUTE.genAiUsageInputTokens]: facts.input,
      [ATTRIBUTE.genAiUsageOutputTokens]: facts.output,
      ...facts.attributes,
    }),
    events: facts.events ?? [],
    status: status === 'success' ? {} : { code: 2, message: status },
  }
}

/** A span that is no call. */
export function plainSpan(
  facts: Pick<CallSpanFacts, 'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'start' | 'durationMs'>,
): JsonSpan {
  const { start = START, durationMs = 1000 } = facts
  return {
    traceId: facts.traceId ?? hexId(32, 1),
    spanId: facts.spanId ?? hexId(16, 9),
    parentSpanId: facts.parentSpanId ?? '',
    name: facts.name ?? 'POST /ask',
    kind: 2,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + durationMs}000000`,
  }
}

/** An export of spans, in JSON. */
export function exportOf(spans: readonly JsonSpan[], service = 'desk'): OtlpExport {
  const resource = { attributes: jsonAttributes({ 'service.name': service }) }
  const body = {
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'a-library', version: '1.0.0' }, spans }] }],
  }
  return { signal: 'traces', format: 'json', body: new TextEncoder().encode(JSON.stringify(body)) }
}
