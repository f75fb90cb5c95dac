import { afterEach, expect, test } from 'vitest'
import { ANSWERED, chatStart, failed, succeeded } from './support/calls.ts'
import { CHAT, FROM_THE_START, only, pointsAfter, requests } from './support/series.ts'
import { forgetGlobals } from './support/telemetry.ts'

afterEach(forgetGlobals)

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
