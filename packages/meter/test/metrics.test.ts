import { afterEach, describe, expect, test } from 'vitest'
import type { CallEnd, CallStart, RecorderOptions } from '../src/index.ts'
import { ANSWERED, chatStart, chatWith, embeddingStart, failed, flatPrice, succeeded } from './support/calls.ts'
import { forgetGlobals, type Points, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

/** Every point there is after these calls. */
async function pointsAfter(
  calls: readonly [CallStart, CallEnd][],
  options: Partial<RecorderOptions> = {},
): Promise<Points> {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ price: flatPrice, ...options })
  for (const [start, end] of calls) recorder.start(start).end(end)
  return telemetry.points()
}

/** Series without labels that exist from the beginning, because alerts take their rate. */
const FROM_THE_START: Points = {
  'ai.cost': 0,
  'ai.requests': 0,
  'ai.errors': 0,
  'ai.rate_limit.hits': 0,
  'ai.retries': 0,
  'ai.unpriced_requests': 0,
}

const CHAT = 'model=gpt-4o operation=chat_completion'
const CLIENT =
  'gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-08-06'
const WITH_TIER = 'openai.response.service_tier=default server.address=api.openai.com server.port=443'

/** `ai.requests` of one label set: every status, 0 where nothing was counted. */
function requests(
  counted: Partial<Record<'success' | 'error' | 'rate_limit' | 'cancelled', number>>,
  labels = `${CHAT} provider=openai`,
): Points {
  const statuses = ['success', 'error', 'rate_limit', 'cancelled'] as const
  return Object.fromEntries(statuses.map((status) => [`ai.requests ${labels} status=${status}`, counted[status] ?? 0]))
}

const AI_AFTER_SUCCESS: Points = {
  ...FROM_THE_START,
  ...requests({ success: 1 }),
  [`ai.cost ${CHAT} provider=openai`]: 0.00015,
  [`ai.cost.current ${CHAT} provider=openai`]: 0.00015,
  [`ai.tokens ${CHAT} token_type=prompt`]: 100,
  [`ai.tokens ${CHAT} token_type=completion`]: 20,
  [`ai.tokens.current ${CHAT} token_type=prompt`]: 100,
  [`ai.tokens.current ${CHAT} token_type=completion`]: 20,
  [`ai.request.duration ${CHAT} status=success`]: { count: 1, sum: 1.5 },
  'ai.price_table.timestamp source=list@1': Date.UTC(2026, 10, 1) / 1000,
}

describe('one call is exactly these points', () => {
  test('in v0.1.0', async () => {
    const client = 'gen_ai.client.inference'
    const text = `${CLIENT} gen_ai.token.modality=text ${WITH_TIER}`
    expect(await pointsAfter([[chatStart(), succeeded()]])).toEqual({
      ...AI_AFTER_SUCCESS,
      [`${client}.duration ${CLIENT} ${WITH_TIER}`]: { count: 1, sum: 1.5 },
      [`${client}.operation.input_tokens ${CLIENT} ${WITH_TIER}`]: { count: 1, sum: 100 },
      [`${client}.operation.output_tokens ${CLIENT} ${WITH_TIER}`]: { count: 1, sum: 20 },
      [`${client}.usage.input_tokens ${text}`]: 100,
      [`${client}.usage.output_tokens ${text}`]: 20,
      [`${client}.usage.cache_read.input_tokens ${text}`]: 64,
      [`${client}.usage.reasoning.output_tokens ${text}`]: 8,
    })
  })

  test('in v1.41', async () => {
    expect(await pointsAfter([[chatStart(), succeeded()]], { semconv: 'v1.41' })).toEqual({
      ...AI_AFTER_SUCCESS,
      [`gen_ai.client.operation.duration ${CLIENT} ${WITH_TIER}`]: { count: 1, sum: 1.5 },
      [`gen_ai.client.token.usage ${CLIENT} gen_ai.token.type=input ${WITH_TIER}`]: { count: 1, sum: 100 },
      [`gen_ai.client.token.usage ${CLIENT} gen_ai.token.type=output ${WITH_TIER}`]: { count: 1, sum: 20 },
    })
  })
})

test('before any call, the counters alerts use are there at 0, and nothing else is', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder()
  expect(await telemetry.points()).toEqual(FROM_THE_START)
})

test('the request counters of a call are there at 0 from its beginning', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder().start(chatStart())
  expect(await telemetry.points()).toEqual({ ...FROM_THE_START, ...requests({}) })
})

test('an answer without usage counts no tokens and no cost, and says so', async () => {
  const { usage: _, ...end } = succeeded()
  const points = await pointsAfter([[chatStart(), end]])
  expect(only(points, 'ai.')).toEqual({
    ...FROM_THE_START,
    ...requests({ success: 1 }),
    [`ai.request.duration ${CHAT} status=success`]: { count: 1, sum: 1.5 },
    [`ai.unpriced_requests ${CHAT} reason=no_usage`]: 1,
  })
  expect(Object.keys(only(points, 'gen_ai.'))).toEqual([`gen_ai.client.inference.duration ${CLIENT} ${WITH_TIER}`])
})

test('a cost that is unknown is counted by its reason, and never as 0', async () => {
  const points = await pointsAfter([[chatStart(), succeeded()]], { price: () => ({ unpriced: 'unknown_model' }) })
  expect(only(points, 'ai.cost')).toEqual({ 'ai.cost': 0 })
  expect(only(points, 'ai.unpriced')).toEqual({
    'ai.unpriced_requests': 0,
    [`ai.unpriced_requests ${CHAT} reason=unknown_model`]: 1,
  })
  expect(only(points, 'ai.price_table')).toEqual({})
})

test('without a price book calls are unpriced for that reason', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder().start(chatStart()).end(succeeded())
  expect(await telemetry.points('ai.unpriced')).toEqual({
    'ai.unpriced_requests': 0,
    [`ai.unpriced_requests ${CHAT} reason=no_price_book`]: 1,
  })
})

const tenCents: RecorderOptions['price'] = (call) => {
  const priced = flatPrice(call)
  return priced.cost ? { cost: { ...priced.cost, picoUsd: 100_000_000_000n, usd: 0.1 } } : priced
}

test('costs add up exactly, where doubles would drift', async () => {
  const points = await pointsAfter(
    Array.from({ length: 10 }, () => [chatStart(), succeeded()] as [CallStart, CallEnd]),
    { price: tenCents },
  )
  expect(points[`ai.cost ${CHAT} provider=openai`]).toBe(1)
})

test('a refused request is an error, not unpriced, and has no tokens', async () => {
  expect(await pointsAfter([[chatStart(), failed(400, 'context_length_exceeded')]])).toEqual({
    ...FROM_THE_START,
    ...requests({ error: 1 }),
    [`ai.errors error_type=context_length_exceeded ${CHAT} provider=openai`]: 1,
    [`ai.request.duration ${CHAT} status=error`]: { count: 1, sum: 0.25 },
    'gen_ai.client.inference.duration error.type=context_length_exceeded gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o server.address=api.openai.com server.port=443':
      { count: 1, sum: 0.25 },
  })
})

test('a call that stays rate-limited is one request, one error, and a hit and a retry for each 429', async () => {
  const hit = { status: 429, rateLimitReason: 'tokens', duration: 0.25, endedAfter: 0.25 } as const
  const points = await pointsAfter([
    [chatStart(), { ...failed(429, 'rate_limit_exceeded'), attempts: [hit, hit, hit] }],
  ])
  expect(only(points, 'ai.')).toEqual({
    ...FROM_THE_START,
    ...requests({ rate_limit: 1 }),
    [`ai.errors error_type=rate_limit_exceeded ${CHAT} provider=openai`]: 1,
    [`ai.rate_limit.hits ${CHAT} provider=openai reason=tokens`]: 3,
    [`ai.retries ${CHAT} reason=rate_limit`]: 2,
    [`ai.request.duration ${CHAT} status=rate_limit`]: { count: 1, sum: 0.25 },
  })
})

test.each([
  [{ status: 429 }, 'rate_limit'],
  [{ status: 408 }, 'timeout'],
  [{ status: 409 }, 'conflict'],
  [{ status: 500 }, 'server_error'],
  [{ status: 503 }, 'server_error'],
  [{ status: 418 }, 'other'],
  [{ errorType: 'AbortError' }, 'timeout'],
  [{ errorType: 'ECONNRESET' }, 'connection'],
])('an attempt that ended with %j is retried for the reason %s', async (attempt, reason) => {
  const attempts = [{ ...attempt, duration: 0.1, endedAfter: 0.1 }, ANSWERED]
  const points = await pointsAfter([[chatStart(), succeeded({ attempts })]])
  expect(only(points, 'ai.retries')).toEqual({ 'ai.retries': 0, [`ai.retries ${CHAT} reason=${reason}`]: 1 })
})

test.each(['cancelled', 'abandoned'] as const)(
  'a call that was %s counts as cancelled and is no error',
  async (kind) => {
    const points = await pointsAfter([[chatStart(), succeeded({ outcome: { kind } })]])
    expect(only(points, 'ai.requests')).toEqual({ 'ai.requests': 0, ...requests({ cancelled: 1 }) })
    expect(only(points, 'ai.errors')).toEqual({ 'ai.errors': 0 })
  },
)

test('what is left of the quota is that of the last attempt', async () => {
  const early = { ...ANSWERED, status: 500, rateLimit: { remainingRequests: 5, limitRequests: 10 } }
  const late = {
    ...ANSWERED,
    rateLimit: { remainingRequests: 4, limitRequests: 10, remainingTokens: 0, limitTokens: 30_000 },
  }
  const points = await pointsAfter([[chatStart(), succeeded({ attempts: [early, late] })]])
  expect({ ...only(points, 'ai.rate_limit.remaining'), ...only(points, 'ai.rate_limit.limit') }).toEqual({
    'ai.rate_limit.remaining kind=requests model=gpt-4o': 4,
    'ai.rate_limit.remaining kind=tokens model=gpt-4o': 0,
    'ai.rate_limit.limit kind=requests model=gpt-4o': 10,
    'ai.rate_limit.limit kind=tokens model=gpt-4o': 30_000,
  })
})

test('the most recent call is what the gauges show, while the counters add up', async () => {
  const second = succeeded({ usage: { inputTokens: 7, outputTokens: 3 } })
  const points = await pointsAfter([
    [chatStart(), succeeded()],
    [chatStart(), second],
  ])
  expect(only(points, 'ai.tokens')).toEqual({
    [`ai.tokens ${CHAT} token_type=prompt`]: 107,
    [`ai.tokens ${CHAT} token_type=completion`]: 23,
    [`ai.tokens.current ${CHAT} token_type=prompt`]: 7,
    [`ai.tokens.current ${CHAT} token_type=completion`]: 3,
  })
})

test('tokens of two providers add up, since their labels do not tell them apart', async () => {
  const points = await pointsAfter([
    [chatStart(), succeeded()],
    [chatStart({ provider: 'azure.ai.openai' }), succeeded()],
  ])
  expect(points[`ai.tokens ${CHAT} token_type=prompt`]).toBe(200)
  expect(points[`ai.cost ${CHAT} provider=azure.ai.openai`]).toBe(0.00015)
})

test('a chat completion and a response are both a chat: their gen_ai series are one, their ai series are two', async () => {
  const points = await pointsAfter([
    [chatStart(), succeeded()],
    [chatStart({ operation: 'response' }), succeeded()],
  ])
  expect(points[`gen_ai.client.inference.usage.input_tokens ${CLIENT} gen_ai.token.modality=text ${WITH_TIER}`]).toBe(
    200,
  )
  expect(points[`ai.tokens ${CHAT} token_type=prompt`]).toBe(100)
  expect(points['ai.tokens model=gpt-4o operation=response token_type=prompt']).toBe(100)
})

describe('streams', () => {
  const timing = { duration: 2, timeToFirstChunk: 0.25, chunks: 4, chunkGaps: [0.5, 0.125, 0.125] }
  const common = `${CLIENT} server.address=api.openai.com server.port=443`

  test.each([
    ['v0.1.0', 'gen_ai.client.inference'],
    ['v1.41', 'gen_ai.client.operation'],
  ] as const)('%s measures the first chunk once and every later one by its gap', async (semconv, prefix) => {
    const points = await pointsAfter([[chatStart(), succeeded({ timing })]], { semconv })
    expect(only(points, `${prefix}.time_`)).toEqual({
      [`${prefix}.time_to_first_chunk ${common}`]: { count: 1, sum: 0.25 },
      [`${prefix}.time_per_output_chunk ${common}`]: { count: 3, sum: 0.75 },
    })
  })

  test('a stream of one chunk has no gap', async () => {
    const oneChunk = { duration: 2, timeToFirstChunk: 0.25, chunks: 1, chunkGaps: [] }
    const points = await pointsAfter([[chatStart(), succeeded({ timing: oneChunk })]])
    expect(only(points, 'gen_ai.client.inference.time_per')).toEqual({})
  })

  test('a call that is no stream has no chunk metrics', async () => {
    expect(only(await pointsAfter([[chatStart(), succeeded()]]), 'gen_ai.client.inference.time_')).toEqual({})
  })
})

describe('embeddings', () => {
  const end = succeeded({ response: { model: 'text-embedding-3-small' }, usage: { inputTokens: 12, outputTokens: 0 } })
  const labels =
    'gen_ai.operation.name=embeddings gen_ai.provider.name=openai gen_ai.request.model=text-embedding-3-small gen_ai.response.model=text-embedding-3-small'
  const server = 'server.address=api.openai.com server.port=443'

  test('have a duration and an input histogram of their own in v0.1.0, and no usage counter', async () => {
    expect(only(await pointsAfter([[embeddingStart(), end]]), 'gen_ai.')).toEqual({
      [`gen_ai.client.embeddings.duration ${labels} ${server}`]: { count: 1, sum: 1.5 },
      [`gen_ai.client.embeddings.operation.input_tokens ${labels} ${server}`]: { count: 1, sum: 12 },
    })
  })

  test('share the metrics of v1.41, and have no output tokens', async () => {
    expect(only(await pointsAfter([[embeddingStart(), end]], { semconv: 'v1.41' }), 'gen_ai.')).toEqual({
      [`gen_ai.client.operation.duration ${labels} ${server}`]: { count: 1, sum: 1.5 },
      [`gen_ai.client.token.usage ${labels} gen_ai.token.type=input ${server}`]: { count: 1, sum: 12 },
    })
  })
})

const series = (total: string, modality: string): string =>
  `gen_ai.client.inference.usage.${total}_tokens ${CLIENT} gen_ai.token.modality=${modality} ${WITH_TIER}`

test('usage by modality adds up to the total; what may be anything is unknown', async () => {
  const start = chatStart()
  const usage = {
    inputTokens: 100,
    outputTokens: 20,
    cacheReadTokens: 30,
    cacheWriteTokens: 5,
    input: { text: 40, audio: 25 },
  }
  const mixed = { ...start, request: { ...start.request, inputIsText: false, outputIsText: false } }
  const points = await pointsAfter([[mixed, succeeded({ usage })]])
  expect(only(points, 'gen_ai.client.inference.usage')).toEqual({
    [series('input', 'text')]: 40,
    [series('input', 'audio')]: 25,
    [series('input', 'unknown')]: 35,
    [series('output', 'unknown')]: 20,
    [series('cache_read.input', 'unknown')]: 30,
    [series('cache_write.input', 'unknown')]: 5,
  })
})

test('a call that names no model is counted as unknown', async () => {
  const request = { stream: false, parameters: {}, inputIsText: true, outputIsText: true }
  const points = await pointsAfter([[chatStart({ operation: 'response', request }), succeeded()]])
  expect(points['ai.requests model=unknown operation=response provider=openai status=success']).toBe(1)
  expect(Object.keys(points).filter((name) => name.includes('gen_ai.request.model'))).toEqual([])
})

describe('labels are bounded', () => {
  test('models beyond maxLabelValues are `other`, in every metric', async () => {
    const { response: _, ...end } = succeeded()
    const calls = ['a', 'b', 'c', 'd', 'a'].map((model) => [chatWith(model), end] as [CallStart, CallEnd])
    const points = await pointsAfter(calls, { maxLabelValues: 2 })
    const models = (prefix: string): string[] => [
      ...new Set(
        Object.keys(only(points, prefix)).map(
          (name) => /(?:^| )(?:gen_ai\.request\.)?model=(\S+)/.exec(name)?.[1] ?? '',
        ),
      ),
    ]
    expect(points['ai.requests model=a operation=chat_completion provider=openai status=success']).toBe(2)
    expect(points['ai.requests model=other operation=chat_completion provider=openai status=success']).toBe(2)
    expect(models('ai.cost ')).toEqual(['a', 'b', 'other'])
    expect(models('ai.tokens ')).toEqual(['a', 'b', 'other'])
    expect(models('gen_ai.client.inference.duration')).toEqual(['a', 'b', 'other'])
    expect(
      points[
        'gen_ai.client.inference.usage.input_tokens gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=other gen_ai.token.modality=text server.address=api.openai.com server.port=443'
      ],
    ).toBe(200)
  })

  test('error types beyond it are `other`', async () => {
    const calls = ['e1', 'e2', 'e3', 'e4'].map((type) => [chatStart(), failed(400, type)] as [CallStart, CallEnd])
    const points = await pointsAfter(calls, { maxLabelValues: 2 })
    expect(only(points, 'ai.errors ')).toEqual({
      [`ai.errors error_type=e1 ${CHAT} provider=openai`]: 1,
      [`ai.errors error_type=e2 ${CHAT} provider=openai`]: 1,
      [`ai.errors error_type=other ${CHAT} provider=openai`]: 2,
    })
    expect(
      Object.keys(only(points, 'gen_ai.client.inference.duration')).filter((name) => name.includes('=e3')),
    ).toEqual([])
  })
})

function only(points: Points, prefix: string): Points {
  return Object.fromEntries(Object.entries(points).filter(([name]) => name.startsWith(prefix)))
}
