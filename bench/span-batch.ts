import {
  type Attributes,
  type Context,
  trace,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type Tracer,
} from '@opentelemetry/api'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { AI_ATTRIBUTE, ATTRIBUTE } from '@tokenmeter/meter'

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o4-mini', 'text-embedding-3-small']
const FEATURES = ['order status', 'returns', 'search', 'summaries']
/** In seconds: found again in the bytes, and overwritten. */
const MARKED: HrTime = [1_234_567_890, 0]
const DURATION_MS = 700n
/** A conversation, found again in the bytes: its digits are overwritten. */
const MARKED_SESSION = 's-ffffff'
const CALLS_A_SESSION = 10
const NANOS_PER_MS = 1_000_000n

/** Spans of one trace: a request, an agent in it, a tool, and the call of a model. */
export const SPANS_A_TRACE = 4

/** Requests with many spans, serialised once by OpenTelemetry; each gets ids and times of its own. */
export class SpanBatch {
  readonly #template: Buffer
  /** Where each id stands: it may be that of a trace, or of a parent. */
  readonly #ids: readonly (readonly number[])[]
  readonly #times: readonly number[]
  readonly #sessions: readonly number[]

  /** @param more what calls have beside what all have. */
  constructor(spans: number, more: Attributes = {}) {
    const exporter = new InMemorySpanExporter()
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    const tracer = provider.getTracer('bench')
    for (let index = 0; index < spans / SPANS_A_TRACE; index += 1) addTrace(tracer, index, more)
    const finished = exporter.getFinishedSpans()
    this.#template = Buffer.from(ProtobufTraceSerializer.serializeRequest(finished) ?? [])
    const ids = new Set(finished.flatMap((span) => [span.spanContext().traceId, span.spanContext().spanId]))
    this.#ids = [...ids].map((id) => placesOf(this.#template, Buffer.from(id, 'hex')))
    this.#times = placesOf(this.#template, bytesOf(MARKED))
    this.#sessions = placesOf(this.#template, Buffer.from(MARKED_SESSION))
  }

  /** A request whose ids and sessions are found in no other, and whose spans began at `startMs`. */
  body(number: number, startMs: number): Uint8Array {
    const body = Buffer.from(this.#template)
    for (const [index, places] of this.#ids.entries()) {
      for (const place of places) body.writeUInt32LE(number * this.#ids.length + index + 1, place)
    }
    const start = BigInt(startMs) * NANOS_PER_MS
    for (const [index, place] of this.#times.entries()) {
      body.writeBigUInt64LE(index % 2 === 0 ? start : start + DURATION_MS * NANOS_PER_MS, place)
    }
    const sessions = Math.ceil(this.#sessions.length / CALLS_A_SESSION)
    for (const [index, place] of this.#sessions.entries()) {
      const session = number * sessions + Math.floor(index / CALLS_A_SESSION)
      body.write(session.toString(16).padStart(6, '0'), place + 2, 'latin1')
    }
    return body
  }
}

function addTrace(tracer: Tracer, index: number, more: Attributes): void {
  const start = (name: string, parent: Context, attributes = {}): Span =>
    tracer.startSpan(name, { startTime: MARKED, attributes }, parent)
  const root = start('POST /ask', trace.deleteSpan(ROOT_CONTEXT), { 'http.request.method': 'POST', 'url.path': '/ask' })
  const agent = start('invoke_agent support', trace.setSpan(ROOT_CONTEXT, root), {
    [ATTRIBUTE.genAiOperationName]: 'invoke_agent',
  })
  const below = trace.setSpan(ROOT_CONTEXT, agent)
  const tool = start('execute_tool find_order', below, { [ATTRIBUTE.genAiOperationName]: 'execute_tool' })
  for (const span of [startCall(tracer, index, below, more), tool, agent, root]) span.end(MARKED)
}

function startCall(tracer: Tracer, index: number, parent: Context, more: Attributes): Span {
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
        [AI_ATTRIBUTE.session]: MARKED_SESSION,
        ...more,
      },
    },
    parent,
  )
}

function bytesOf([seconds]: HrTime): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(seconds) * 1_000_000_000n)
  return bytes
}

function placesOf(bytes: Buffer, wanted: Buffer): readonly number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length)) places.push(at)
  return places
}
