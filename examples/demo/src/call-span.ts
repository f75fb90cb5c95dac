/** One call as its span tells it. A field is absent when the span has no such attribute. */
export interface CallSpan {
  readonly operation: string
  readonly model: string
  readonly status: string
  readonly startMs: number
  readonly durationSeconds: number
  readonly attempts: number
  readonly inputTokens?: number | undefined
  readonly cachedTokens?: number | undefined
  readonly outputTokens?: number | undefined
  readonly reasoningTokens?: number | undefined
  readonly costUsd?: number | undefined
  /** Why there is no cost. */
  readonly unpriced?: string | undefined
  readonly firstChunkSeconds?: number | undefined
}

/** The parts of OTLP/JSON that are read here (opentelemetry-proto, `trace/v1/trace.proto`). */
interface OtlpTraces {
  readonly resourceSpans?: readonly { readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[] }[]
}

interface OtlpSpan {
  /** 64-bit integers are strings in OTLP/JSON. */
  readonly startTimeUnixNano: string | number
  readonly endTimeUnixNano: string | number
  readonly attributes?: readonly { readonly key: string; readonly value: OtlpValue }[]
}

interface OtlpValue {
  readonly stringValue?: string
  readonly intValue?: string | number
  readonly doubleValue?: number
}

/** The AI calls in an export request; spans of anything else are passed over. */
export function readCallSpans(exported: unknown): CallSpan[] {
  const { resourceSpans = [] } = exported as OtlpTraces
  return resourceSpans
    .flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans))
    .map((span) => ({ span, attributes: new Attributes(span) }))
    .filter(({ attributes }) => attributes.text('gen_ai.operation.name') !== undefined)
    .map(({ span, attributes }) => readCall(span, attributes))
}

function readCall(span: OtlpSpan, attributes: Attributes): CallSpan {
  const startMs = Number(span.startTimeUnixNano) / 1e6
  return {
    operation: attributes.text('ai.operation') ?? attributes.text('gen_ai.operation.name') ?? '',
    model: attributes.text('gen_ai.request.model') ?? '',
    status: attributes.text('ai.status') ?? '',
    startMs,
    durationSeconds: (Number(span.endTimeUnixNano) / 1e6 - startMs) / 1e3,
    attempts: attributes.number('ai.attempts') ?? 0,
    inputTokens: attributes.number('gen_ai.usage.input_tokens'),
    cachedTokens: attributes.number('gen_ai.usage.cache_read.input_tokens'),
    outputTokens: attributes.number('gen_ai.usage.output_tokens'),
    reasoningTokens: attributes.number('gen_ai.usage.reasoning.output_tokens'),
    costUsd: attributes.number('ai.cost'),
    unpriced: attributes.text('ai.unpriced'),
    firstChunkSeconds: attributes.number('gen_ai.response.time_to_first_chunk'),
  }
}

class Attributes {
  readonly #values: ReadonlyMap<string, OtlpValue>

  constructor({ attributes = [] }: OtlpSpan) {
    this.#values = new Map(attributes.map(({ key, value }) => [key, value]))
  }

  text(key: string): string | undefined {
    return this.#values.get(key)?.stringValue
  }

  number(key: string): number | undefined {
    const value = this.#values.get(key)
    const number = value?.intValue ?? value?.doubleValue
    return number === undefined ? undefined : Number(number)
  }
}
