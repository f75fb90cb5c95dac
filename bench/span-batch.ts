import { trace, type HrTime, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { AI_ATTRIBUTE, ATTRIBUTE } from '@tokenmeter/meter'

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o4-mini', 'text-embedding-3-small']
const FEATURES = ['order status', 'returns', 'search', 'summaries']
/** In seconds: found again in the bytes, and overwritten. */
const MARKED: HrTime = [1_234_567_890, 0]
const DURATION_MS = 700n
const NANOS_PER_MS = 1_000_000n

/** Requests with many spans, serialised once by OpenTelemetry; each gets ids and times of its own. */
export class SpanBatch {
  readonly #template: Buffer
  readonly #ids: readonly number[]
  readonly #times: readonly number[]

  constructor(spans: number) {
    const exporter = new InMemorySpanExporter()
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    const tracer = provider.getTracer('bench')
    for (let index = 0; index < spans; index += 1) startCall(tracer, index).end(MARKED)
    const finished = exporter.getFinishedSpans()
    this.#template = Buffer.from(ProtobufTraceSerializer.serializeRequest(finished) ?? [])
    this.#ids = finished.flatMap((span) => {
      const { traceId, spanId } = span.spanContext()
      return [traceId, spanId].map((id) => this.#template.indexOf(Buffer.from(id, 'hex')))
    })
    this.#times = placesOf(this.#template, nanosOf(MARKED))
  }

  /** A request whose ids are found in no other, and whose spans began at `startMs`. */
  body(number: number, startMs: number): Uint8Array {
    const body = Buffer.from(this.#template)
    for (const [index, place] of this.#ids.entries()) body.writeUInt32LE(number * 100_000 + index + 1, place)
    const start = BigInt(startMs) * NANOS_PER_MS
    for (const [index, place] of this.#times.entries()) {
      body.writeBigUInt64LE(index % 2 === 0 ? start : start + DURATION_MS * NANOS_PER_MS, place)
    }
    return body
  }
}

function startCall(
  tracer: ReturnType<TracerProvider['getTracer']>,
  index: number,
): ReturnType<typeof tracer.startSpan> {
  const model = MODELS[index % MODELS.length] ?? ''
  return tracer.startSpan(
    `chat ${model}`,
    {
      kind: SpanKind.CLIENT,
      startTime: MARKED,
      attributes: {
        [ATTRIBUTE.genAiOperationName]: 'chat',
        [ATTRIBUTE.genAiProviderName]: 'openai',
        [ATTRIBUTE.genAiRequestModel]: model,
        [ATTRIBUTE.genAiResponseModel]: `${model}-2025-04-14`,
        [ATTRIBUTE.genAiResponseId]: `chatcmpl-${index}`,
        [ATTRIBUTE.genAiUsageInputTokens]: 1000 + index,
        [ATTRIBUTE.genAiUsageOutputTokens]: 100 + index,
        [ATTRIBUTE.genAiResponseFinishReasons]: ['stop'],
        [AI_ATTRIBUTE.operation]: 'chat_completion',
        [AI_ATTRIBUTE.status]: index % 50 === 0 ? 'error' : 'success',
        [AI_ATTRIBUTE.cost]: 0.0001 * (index % 40),
        [AI_ATTRIBUTE.attempts]: 1,
        [AI_ATTRIBUTE.feature]: FEATURES[index % FEATURES.length] ?? '',
        [AI_ATTRIBUTE.user]: `u${index % 100}`,
        [AI_ATTRIBUTE.session]: `s${index % 100}`,
      },
    },
    trace.deleteSpan(ROOT_CONTEXT),
  )
}

function nanosOf([seconds]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n
}

function placesOf(bytes: Buffer, value: bigint): readonly number[] {
  const wanted = Buffer.alloc(8)
  wanted.writeBigUInt64LE(value)
  const places: number[] = []
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 8)) places.push(at)
  return places
}
