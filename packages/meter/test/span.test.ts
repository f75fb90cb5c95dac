import { context, createContextKey, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { afterEach, describe, expect, test } from 'vitest'
import type { CallEnd, CallStart, RecorderOptions } from '../src/index.ts'
import { ANSWERED, chatStart, embeddingStart, failed, flatPrice, START_TIME, succeeded } from './support/calls.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

/** The only span of one call. */
async function spanOf(start: CallStart, end: CallEnd, options: Partial<RecorderOptions> = {}): Promise<ReadableSpan> {
  await using telemetry = new Telemetry()
  telemetry
    .recorder({ price: flatPrice, ...options })
    .start(start)
    .end(end)
  const [span, ...others] = telemetry.spans
  if (!span) throw new Error('no span')
  expect(others).toEqual([])
  return span
}

const REQUEST_ATTRIBUTES = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'openai.api.type': 'chat_completions',
  'server.address': 'api.openai.com',
  'server.port': 443,
  'ai.operation': 'chat_completion',
}
const FAILED_ATTRIBUTES = { ...REQUEST_ATTRIBUTES, 'ai.attempts': 1, 'ai.usage.source': 'none' }
const COST_ATTRIBUTES = {
  'ai.cost': 0.00015,
  'ai.price.source': 'list@1',
  'ai.price.date': '2026-11-01',
  'ai.price.tier': 'default',
}
const RESPONSE_ATTRIBUTES = {
  'gen_ai.response.id': 'chatcmpl-1',
  'gen_ai.response.model': 'gpt-4o-2024-08-06',
  'gen_ai.response.finish_reasons': ['stop'],
  'openai.response.service_tier': 'default',
}
const SUCCESS_ATTRIBUTES = {
  ...REQUEST_ATTRIBUTES,
  ...RESPONSE_ATTRIBUTES,
  ...COST_ATTRIBUTES,
  'gen_ai.usage.input_tokens': 100,
  'gen_ai.usage.output_tokens': 20,
  'gen_ai.usage.cache_read.input_tokens': 64,
  'gen_ai.usage.reasoning.output_tokens': 8,
  'ai.status': 'success',
  'ai.attempts': 1,
  'ai.usage.source': 'provider',
}

test.each(['v0.1.0', 'v1.41'] as const)(
  'one call is one client span with exactly these attributes in %s',
  async (semconv) => {
    const span = await spanOf(chatStart(), succeeded(), { semconv })
    expect({
      name: span.name,
      kind: span.kind,
      status: span.status,
      events: span.events,
      attributes: span.attributes,
    }).toEqual({
      name: 'chat gpt-4o',
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      events: [],
      attributes: SUCCESS_ATTRIBUTES,
    })
  },
)

test('a span belongs to the scope of the instrumentation', async () => {
  const span = await spanOf(chatStart(), succeeded())
  expect(span.instrumentationScope).toMatchObject({ name: 'test', version: '1.2.3' })
})

test('a span begins and ends when the call did', async () => {
  const span = await spanOf(
    chatStart({ startTime: START_TIME + 250 }),
    succeeded({ timing: { duration: 1.125, chunks: 0 } }),
  )
  const seconds = START_TIME / 1000
  expect([span.startTime, span.endTime]).toEqual([
    [seconds, 250_000_000],
    [seconds + 1, 375_000_000],
  ])
})

test('every parameter of the request has its attribute', async () => {
  const parameters = {
    maxTokens: 500,
    temperature: 0.2,
    topP: 0.9,
    frequencyPenalty: 0.1,
    presencePenalty: 0.3,
    stopSequences: ['END'],
    seed: 7,
    choiceCount: 2,
    reasoningLevel: 'low',
    serviceTier: 'flex',
    outputType: 'json',
    previousResponseId: 'resp_1',
    conversationId: 'conv_1',
    promptName: 'pmpt_1',
    promptVersion: '3',
  } as const
  const start = chatStart()
  const span = await spanOf({ ...start, request: { ...start.request, stream: true, parameters } }, succeeded())
  expect(span.attributes).toEqual({
    ...SUCCESS_ATTRIBUTES,
    'gen_ai.request.max_tokens': 500,
    'gen_ai.request.temperature': 0.2,
    'gen_ai.request.top_p': 0.9,
    'gen_ai.request.frequency_penalty': 0.1,
    'gen_ai.request.presence_penalty': 0.3,
    'gen_ai.request.stop_sequences': ['END'],
    'gen_ai.request.seed': 7,
    'gen_ai.request.choice.count': 2,
    'gen_ai.request.reasoning.level': 'low',
    'openai.request.service_tier': 'flex',
    'gen_ai.output.type': 'json',
    'gen_ai.request.previous_response.id': 'resp_1',
    'gen_ai.conversation.id': 'conv_1',
    'gen_ai.prompt.name': 'pmpt_1',
    'gen_ai.prompt.version': '3',
    'gen_ai.request.stream': true,
  })
})

const usageOf = (attributes: object): object =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => name.startsWith('gen_ai.usage.')))

describe('usage on the span', () => {
  const usage = {
    inputTokens: 100,
    outputTokens: 20,
    cacheReadTokens: 40,
    cacheWriteTokens: 10,
    reasoningTokens: 0,
    input: { text: 70, audio: 30 },
    output: { text: 15, audio: 5 },
    cacheRead: { text: 30, audio: 10 },
  }
  const total = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 20 }
  const subsets = { 'gen_ai.usage.cache_read.input_tokens': 40, 'gen_ai.usage.reasoning.output_tokens': 0 }

  test('is broken down by modality in v0.1.0', async () => {
    const { attributes } = await spanOf(chatStart(), succeeded({ usage }))
    expect(usageOf(attributes)).toEqual({
      ...total,
      ...subsets,
      'gen_ai.usage.cache_write.input_tokens': 10,
      'gen_ai.usage.text.input_tokens': 70,
      'gen_ai.usage.audio.input_tokens': 30,
      'gen_ai.usage.text.output_tokens': 15,
      'gen_ai.usage.audio.output_tokens': 5,
      'gen_ai.usage.text.cache_read.input_tokens': 30,
      'gen_ai.usage.audio.cache_read.input_tokens': 10,
    })
  })

  test('has totals and subsets only in v1.41, under the name of its time', async () => {
    const { attributes } = await spanOf(chatStart(), succeeded({ usage }), { semconv: 'v1.41' })
    expect(usageOf(attributes)).toEqual({ ...total, ...subsets, 'gen_ai.usage.cache_creation.input_tokens': 10 })
  })

  test('a subset that was not reported is absent', async () => {
    const { attributes } = await spanOf(chatStart(), succeeded({ usage: { inputTokens: 100, outputTokens: 20 } }))
    expect(usageOf(attributes)).toEqual(total)
  })
})

test('embeddings have input tokens and dimensions, and no output', async () => {
  const response = { model: 'text-embedding-3-small', dimensions: 256 }
  const span = await spanOf(embeddingStart(), succeeded({ response, usage: { inputTokens: 12, outputTokens: 0 } }))
  expect([span.name, span.attributes]).toEqual([
    'embeddings text-embedding-3-small',
    {
      ...COST_ATTRIBUTES,
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'text-embedding-3-small',
      'gen_ai.response.model': 'text-embedding-3-small',
      'gen_ai.embeddings.dimension.count': 256,
      'gen_ai.usage.input_tokens': 12,
      'server.address': 'api.openai.com',
      'server.port': 443,
      'ai.operation': 'embedding',
      'ai.status': 'success',
      'ai.attempts': 1,
      'ai.usage.source': 'provider',
    },
  ])
})

test.each([
  ['chat_completion', 'chat', 'chat_completions'],
  ['response', 'chat', 'responses'],
  ['completion', 'text_completion', undefined],
  ['embedding', 'embeddings', undefined],
] as const)('a %s is `%s` with the API type %s', async (operation, name, apiType) => {
  const { attributes } = await spanOf(chatStart({ operation }), succeeded())
  expect([attributes['ai.operation'], attributes['gen_ai.operation.name'], attributes['openai.api.type']]).toEqual([
    operation,
    name,
    apiType,
  ])
})

test('a call without a model is named by its operation alone', async () => {
  const request = { stream: false, parameters: {}, inputIsText: true, outputIsText: true }
  const span = await spanOf(chatStart({ operation: 'response', request }), succeeded())
  expect([span.name, 'gen_ai.request.model' in span.attributes]).toEqual(['chat', false])
})

test('an Azure deployment is named beside the model', async () => {
  const start = chatStart({ provider: 'azure.ai.openai' })
  const { attributes } = await spanOf({ ...start, request: { ...start.request, deployment: 'my-gpt' } }, succeeded())
  expect([attributes['ai.deployment'], attributes['gen_ai.provider.name']]).toEqual(['my-gpt', 'azure.ai.openai'])
})

test('a refused request is an error without usage or cost, and not unpriced', async () => {
  const span = await spanOf(chatStart(), failed(400, 'context_length_exceeded'))
  expect([span.status, span.attributes]).toEqual([
    { code: SpanStatusCode.ERROR, message: 'context_length_exceeded' },
    { ...FAILED_ATTRIBUTES, 'error.type': 'context_length_exceeded', 'ai.status': 'error' },
  ])
})

test('a rate-limited call is an error whose status is rate_limit', async () => {
  const span = await spanOf(chatStart(), failed(429, 'rate_limit_exceeded'))
  expect([span.status.code, span.attributes]).toEqual([
    SpanStatusCode.ERROR,
    { ...FAILED_ATTRIBUTES, 'error.type': 'rate_limit_exceeded', 'ai.status': 'rate_limit' },
  ])
})

test('a stream the application leaves is cancelled, which is no error', async () => {
  const span = await spanOf(chatStart(), leftEarly('cancelled'))
  expect([span.status.code, span.attributes]).toEqual([SpanStatusCode.UNSET, LEFT_EARLY_ATTRIBUTES])
})

test('a stream nobody finished has the status of a cancelled one', async () => {
  const span = await spanOf(chatStart(), leftEarly('abandoned'))
  expect([span.status.code, span.attributes]).toEqual([SpanStatusCode.UNSET, LEFT_EARLY_ATTRIBUTES])
})

test('a call that was aborted is cancelled and has its error type', async () => {
  const end = { ...leftEarly('cancelled'), outcome: { kind: 'cancelled' as const, errorType: 'APIUserAbortError' } }
  const span = await spanOf(chatStart(), end)
  expect([span.status, span.attributes['ai.status'], span.attributes['error.type']]).toEqual([
    { code: SpanStatusCode.ERROR, message: 'APIUserAbortError' },
    'cancelled',
    'APIUserAbortError',
  ])
})

const LEFT_EARLY_ATTRIBUTES = {
  ...REQUEST_ATTRIBUTES,
  'gen_ai.response.time_to_first_chunk': 0.125,
  'ai.chunks': 2,
  'ai.status': 'cancelled',
  'ai.attempts': 1,
  'ai.usage.source': 'none',
  'ai.unpriced': 'no_usage',
}

function leftEarly(kind: 'cancelled' | 'abandoned'): CallEnd {
  return {
    attempts: [ANSWERED],
    timing: { duration: 2, timeToFirstChunk: 0.125, chunks: 2, chunkGaps: [0.5] },
    outcome: { kind },
  }
}

test('each attempt that did not give the answer is an event, at the time it ended', async () => {
  const span = await spanOf(
    chatStart(),
    succeeded({
      attempts: [
        {
          status: 429,
          errorType: 'rate_limit_exceeded',
          requestId: 'req_1',
          rateLimitReason: 'tokens',
          duration: 0.5,
          endedAfter: 0.5,
        },
        { errorType: 'ECONNRESET', duration: 0.25, endedAfter: 1 },
        { ...ANSWERED, requestId: 'req_3' },
      ],
    }),
  )
  const seconds = START_TIME / 1000
  expect(span.attributes['ai.attempts']).toBe(3)
  expect(span.events.map(({ name, time, attributes }) => ({ name, time, attributes }))).toEqual([
    {
      name: 'ai.attempt',
      time: [seconds, 500_000_000],
      attributes: {
        'http.response.status_code': 429,
        'error.type': 'rate_limit_exceeded',
        'ai.attempt.request_id': 'req_1',
        'ai.rate_limit.reason': 'tokens',
      },
    },
    { name: 'ai.attempt', time: [seconds + 1, 0], attributes: { 'error.type': 'ECONNRESET' } },
  ])
})

test.each([1, 2, 3])('a call of %i attempts has an event for each but the last', async (count) => {
  const attempts = Array.from({ length: count }, () => ANSWERED)
  const span = await spanOf(chatStart(), succeeded({ attempts }))
  expect([span.attributes['ai.attempts'], span.events.length]).toEqual([count, count - 1])
})

test('the context of a call has its span in it, below the span of the caller', async () => {
  await using telemetry = new Telemetry()
  const parent = telemetry.tracerProvider.getTracer('app').startSpan('request')
  const key = createContextKey('kept')
  const caller = trace.setSpan(context.active().setValue(key, 'yes'), parent)
  const call = telemetry.recorder().start(chatStart(), caller)
  call.end(succeeded())
  const [span] = telemetry.spans
  expect(trace.getSpanContext(call.context)).toEqual(span?.spanContext())
  expect(span?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId)
  expect(call.context.getValue(key)).toBe('yes')
})

test('a call that ends twice is recorded once', async () => {
  await using telemetry = new Telemetry()
  const call = telemetry.recorder().start(chatStart())
  call.end(succeeded())
  call.end(failed(500, '500'))
  expect(telemetry.spans.map(({ attributes }) => attributes['ai.status'])).toEqual(['success'])
  expect(
    (await telemetry.points('ai.requests'))[
      'ai.requests model=gpt-4o operation=chat_completion provider=openai status=error'
    ],
  ).toBe(0)
})
