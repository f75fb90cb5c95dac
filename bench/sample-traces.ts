import {
  type Attributes,
  type Context,
  trace,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
} from '@opentelemetry/api'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { AI_ATTRIBUTE, ATTRIBUTE } from '@tokenmeter/meter'

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o4-mini', 'text-embedding-3-small']
const FEATURES = ['order status', 'returns', 'search', 'summaries']

/** What every span has for its beginning and its end, and every call for its session, its user and its order: found again in the bytes, and overwritten. */
export const MARKED = { time: [1_234_567_890, 0] as HrTime, session: 's-ffffff', user: 'u-eeeeee', order: 'o-dddddd' }

/** Spans of one trace: a request, an agent in it, a tool, and the call of a model. */
export const SPANS_A_TRACE = 4

/** What sample traces are like. */
export interface SampleOptions {
  /** Whether calls have what was said. */
  readonly hasText?: boolean
  /** What calls have beside what all have. */
  readonly more?: Attributes
}

type Start = (name: string, parent: Context, attributes?: Attributes, kind?: SpanKind) => Span

/** Traces of an app that answers questions about orders. */
export function sampleTraces(traces: number, { hasText = false, more = {} }: SampleOptions): readonly ReadableSpan[] {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('bench')
  const start: Start = (name, parent, attributes = {}, kind = SpanKind.INTERNAL) =>
    tracer.startSpan(name, { kind, startTime: MARKED.time, attributes }, parent)
  for (let index = 0; index < traces; index += 1) {
    addTrace(start, index, { ...callAttributes(index), ...(hasText && textOf(index)), ...more })
  }
  return exporter.getFinishedSpans()
}

function addTrace(start: Start, index: number, call: Attributes): void {
  const root = start('POST /ask', trace.deleteSpan(ROOT_CONTEXT), { 'http.request.method': 'POST', 'url.path': '/ask' })
  const agent = start('invoke_agent support', trace.setSpan(ROOT_CONTEXT, root), {
    [ATTRIBUTE.genAiOperationName]: 'invoke_agent',
  })
  const below = trace.setSpan(ROOT_CONTEXT, agent)
  const tool = start('execute_tool find_order', below, { [ATTRIBUTE.genAiOperationName]: 'execute_tool' })
  const chat = start(`chat ${modelOf(index)}`, below, call, SpanKind.CLIENT)
  for (const span of [chat, tool, agent, root]) span.end(MARKED.time)
}

const modelOf = (index: number): string => MODELS[index % MODELS.length] ?? ''

function callAttributes(index: number): Attributes {
  return {
    [ATTRIBUTE.genAiOperationName]: 'chat',
    [ATTRIBUTE.genAiProviderName]: 'openai',
    [ATTRIBUTE.genAiRequestModel]: modelOf(index),
    [ATTRIBUTE.genAiResponseModel]: `${modelOf(index)}-2025-04-14`,
    [ATTRIBUTE.genAiResponseId]: `chatcmpl-${index}`,
    [ATTRIBUTE.genAiUsageInputTokens]: 1000 + index,
    [ATTRIBUTE.genAiUsageOutputTokens]: 100 + index,
    [ATTRIBUTE.genAiResponseFinishReasons]: ['stop'],
    [AI_ATTRIBUTE.operation]: 'chat_completion',
    [AI_ATTRIBUTE.cost]: 0.0001 * (index % 40),
    [AI_ATTRIBUTE.attempts]: 1,
    [AI_ATTRIBUTE.feature]: FEATURES[index % FEATURES.length] ?? '',
    [AI_ATTRIBUTE.user]: MARKED.user,
    [AI_ATTRIBUTE.session]: MARKED.session,
    ...outcomeOf(index),
  }
}

/** Two calls of a hundred fail, each for its reason. */
function outcomeOf(index: number): Attributes {
  if (index % 100 === 0) return { [AI_ATTRIBUTE.status]: 'error', [ATTRIBUTE.errorType]: '500' }
  if (index % 100 === 50) return { [AI_ATTRIBUTE.status]: 'rate_limit', [ATTRIBUTE.errorType]: '429' }
  return { [AI_ATTRIBUTE.status]: 'success' }
}

const SAID = [
  'Where is my parcel with the blue shoes?',
  'I want to send the jacket back, it is too small.',
  'Which of your tents stand up to a storm?',
  'Sum up what the customer wrote last week.',
]

/** Common words in every text, one word in every sixteenth, and the number of an order in one of them only. */
function textOf(index: number): Attributes {
  const more = index % 16 === 3 ? ' It was a gift.' : ''
  const question = `${SAID[index % SAID.length] ?? ''} It is about the order ${MARKED.order}.${more}`
  const answer =
    'The parcel has left the warehouse and arrives tomorrow before noon. You can send it back within 30 days.'
  return {
    [ATTRIBUTE.genAiInputMessages]: messages('user', question),
    [ATTRIBUTE.genAiOutputMessages]: messages('assistant', answer),
  }
}

const messages = (role: string, content: string): string =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }] }])
