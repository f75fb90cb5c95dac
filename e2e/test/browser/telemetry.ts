import { AI_ATTRIBUTE, AI_EVENT, ATTRIBUTE } from '@tokenmeter/meter'

/** Some conversations of two services, as OTLP/JSON: calls, tools, an agent, retries, errors, content, a trace without its root. */
export function conversations(now: number): { readonly calls: number; readonly body: string } {
  const spans = Array.from({ length: 40 }, (_, index) => conversation(index, now - index * 11_000)).flat()
  const calls = spans.filter(({ name }) => name.startsWith('chat')).length
  const resource = { attributes: attributes({ 'service.name': 'support-desk' }) }
  return {
    calls,
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'demo' }, spans }] }] }),
  }
}

/** A part of a large trace, as OTLP/JSON: `count` spans below the very first, every other one a call. */
export function manySpans(traceId: string, first: number, count: number, now: number): string {
  const spans = Array.from({ length: count }, (_, index) => {
    const number = first + index
    const start = now - 60_000 + Math.floor(number / 2)
    const call = {
      [ATTRIBUTE.genAiOperationName]: 'chat',
      [ATTRIBUTE.genAiRequestModel]: 'gpt-4o',
      [AI_ATTRIBUTE.cost]: 0.001,
    }
    return {
      traceId,
      spanId: hex(16, number + 1),
      parentSpanId: number === 0 ? '' : hex(16, 1),
      name: number % 2 === 0 ? 'step' : 'chat gpt-4o',
      kind: 1,
      startTimeUnixNano: nanos(start),
      endTimeUnixNano: nanos(start + 5),
      attributes: number % 2 === 0 ? [] : attributes(call),
    }
  })
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
}

const MODELS = ['gpt-4.1-mini', 'gpt-4o', 'o4-mini'] as const
const hex = (digits: number, number: number): string => number.toString(16).padStart(digits, '0')
/** As OTLP/JSON writes a time. */
export const nanos = (ms: number): string => `${Math.round(ms * 1000)}000`

interface JsonSpan extends Readonly<Record<string, unknown>> {
  readonly name: string
}

function conversation(index: number, start: number): readonly JsonSpan[] {
  const traceId = hex(32, index + 1)
  const id = (part: number): string => hex(16, index * 16 + part)
  const model = MODELS[index % MODELS.length] ?? ''
  const isLimited = index % 7 === 3
  const isRootMissing = index % 10 === 9
  const whose = {
    [AI_ATTRIBUTE.feature]: index % 2 === 0 ? 'order status' : 'returns',
    [AI_ATTRIBUTE.user]: `u${index % 5}`,
    [AI_ATTRIBUTE.session]: `conversation-${index % 8}`,
  }
  const common = { traceId, kind: 1, status: {} }
  const span = (
    part: number,
    parent: number,
    name: string,
    from: number,
    to: number,
    held: object,
    more: object = {},
  ): JsonSpan => ({
    ...common,
    spanId: id(part),
    parentSpanId: parent === 0 ? '' : id(parent),
    name,
    startTimeUnixNano: nanos(start + from),
    endTimeUnixNano: nanos(start + to),
    attributes: attributes(held as Record<string, unknown>),
    ...more,
  })
  const chat = (part: number, from: number, to: number, held: object, more: object = {}): JsonSpan =>
    span(
      part,
      2,
      `chat ${model}`,
      from,
      to,
      {
        [ATTRIBUTE.genAiOperationName]: 'chat',
        [ATTRIBUTE.genAiProviderName]: 'openai',
        [ATTRIBUTE.genAiRequestModel]: model,
        [ATTRIBUTE.genAiResponseModel]: `${model}-2025-04-14`,
        [AI_ATTRIBUTE.operation]: 'chat_completion',
        ...whose,
        ...held,
      },
      { kind: 3, ...more },
    )
  const refused = {
    status: { code: 2, message: 'rate_limit_exceeded' },
    events: [attempt(429, start + 420), attempt(429, start + 900)],
  }
  return [
    ...(isRootMissing ? [] : [span(1, 0, 'POST /ask', 0, 1400, {}, { kind: 2 })]),
    span(2, 1, 'invoke_agent support', 20, 1380, { [ATTRIBUTE.genAiOperationName]: 'invoke_agent' }),
    chat(3, 30, 600, {
      [AI_ATTRIBUTE.status]: 'success',
      [AI_ATTRIBUTE.cost]: 0.0005772 + index / 1e6,
      [AI_ATTRIBUTE.attempts]: 1,
      [ATTRIBUTE.genAiUsageInputTokens]: 1187 + index,
      [ATTRIBUTE.genAiUsageCacheReadInputTokens]: 1024,
      [ATTRIBUTE.genAiUsageOutputTokens]: 64,
      [ATTRIBUTE.genAiResponseTimeToFirstChunk]: 0.21,
      [ATTRIBUTE.genAiInputMessages]: JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: `Where is order ${index}? Write to [EMAIL].` }] },
      ]),
      [ATTRIBUTE.genAiOutputMessages]: JSON.stringify([
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'c1', name: 'find_order', arguments: { order: index } }],
          finish_reason: 'tool_call',
        },
      ]),
    }),
    span(4, 2, 'execute_tool find_order', 610, 700, { [ATTRIBUTE.genAiOperationName]: 'execute_tool' }),
    isLimited
      ? chat(
          5,
          710,
          1370,
          {
            [AI_ATTRIBUTE.status]: 'rate_limit',
            [AI_ATTRIBUTE.attempts]: 2,
            [ATTRIBUTE.errorType]: 'rate_limit_exceeded',
          },
          refused,
        )
      : chat(5, 710, 1370, {
          [AI_ATTRIBUTE.status]: 'success',
          [AI_ATTRIBUTE.attempts]: 1,
          [AI_ATTRIBUTE.unpriced]: 'no_usage',
        }),
  ]
}

function attempt(status: number, at: number): unknown {
  return {
    name: AI_EVENT.attempt,
    timeUnixNano: nanos(at),
    attributes: attributes({ [AI_ATTRIBUTE.httpStatus]: status }),
  }
}

/** As OTLP/JSON writes attributes. */
export function attributes(held: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(held).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : Number.isInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: value },
  }))
}
