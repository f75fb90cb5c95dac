import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { afterEach, describe, expect, test } from 'vitest'
import { chatStart, embeddingStart, START_TIME, succeeded } from './support/calls.ts'
import { REQUEST_ATTRIBUTES, spanOf } from './support/spans.ts'
import { forgetGlobals } from './support/telemetry.ts'

afterEach(forgetGlobals)

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

test('where a response stands is said in the words of the conventions, where a batch stands in ours', async () => {
  const fetched = succeeded({ response: { status: 'completed' } })
  const ofResponse = await spanOf(chatStart({ operation: 'response_retrieval' }), fetched)
  const ofBatch = await spanOf(chatStart({ operation: 'batch_retrieval' }), fetched)
  expect(ofResponse.attributes).toMatchObject({ 'gen_ai.response.status': 'completed' })
  expect(ofResponse.attributes).not.toHaveProperty('ai.job.status')
  expect(ofBatch.attributes).toMatchObject({ 'ai.job.status': 'completed' })
  expect(ofBatch.attributes).not.toHaveProperty('gen_ai.response.status')
})

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

test('an Azure deployment and the version of its API are named beside the models', async () => {
  const start = chatStart({ provider: 'azure.ai.openai' })
  const request = { ...start.request, deployment: 'my-gpt', apiVersion: '2024-10-21' }
  const { attributes } = await spanOf({ ...start, request }, succeeded())
  expect(attributes).toMatchObject({
    'ai.deployment': 'my-gpt',
    'ai.api_version': '2024-10-21',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
  })
})

test.each([
  [
    'openai',
    [
      'openai.api.type',
      'openai.request.service_tier',
      'openai.response.service_tier',
      'openai.response.system_fingerprint',
    ],
  ],
  [
    'azure.ai.openai',
    [
      'openai.api.type',
      'openai.request.service_tier',
      'openai.response.service_tier',
      'openai.response.system_fingerprint',
    ],
  ],
  ['groq', []],
  ['openrouter', []],
])('a call of %s has these attributes of OpenAI: %j', async (provider, names) => {
  const { request } = chatStart()
  const start = chatStart({ provider, request: { ...request, parameters: { serviceTier: 'flex' } } })
  const response = { model: 'gpt-4o', serviceTier: 'flex', systemFingerprint: 'fp_1' }
  const { attributes } = await spanOf(start, succeeded({ response }))
  expect(
    Object.keys(attributes)
      .filter((name) => name.startsWith('openai.'))
      .toSorted(),
  ).toEqual(names)
})
