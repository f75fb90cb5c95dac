import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM, RESPONSE } from '../harmless/scenario.ts'
import {
  type CallFacts,
  chatCall,
  chatStreamCall,
  failedCall,
  QUOTA,
  responseCall,
  served,
  watchCalls,
} from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { chatCompletion, chatStream, rateLimited, response, wireError } from '../support/wire-answers.ts'
import { type Answer, wireServer } from '../support/wire-server.ts'

const NOW = { 'retry-after-ms': '1' }
const RESET: Answer = { silent: true, after: 'reset' }

/** An attempt that is answered as `rateLimited()` does. */
function refused(count: number): CallFacts['attempts'][number] {
  const rateLimit = { ...QUOTA, remainingRequests: 0 }
  return { status: 429, requestId: `req_${count}`, rateLimit, rateLimitReason: 'requests', retryAfter: 0.001 }
}

describe.each(MAJORS)('with openai $major, retries are attempts of one call', ({ major, connect }) => {
  test('when two rate limits are followed by an answer', async () => {
    await using wire = await wireServer([rateLimited(), rateLimited(), chatCompletion()])
    using watched = watchCalls()
    await connect(wire, { maxRetries: 2 }).chat.completions.create(CHAT)
    expect(await watched.only()).toStrictEqual(chatCall({ attempts: [refused(1), refused(2), served(3)] }))
  })

  test('when a stream begins at the third attempt', async () => {
    await using wire = await wireServer([rateLimited(), rateLimited(), chatStream(['Hello', ', world'])])
    using watched = watchCalls()
    await readAll(await connect(wire, { maxRetries: 2 }).chat.completions.create(CHAT_STREAM))
    expect(await watched.only()).toStrictEqual(chatStreamCall({ attempts: [refused(1), refused(2), served(3)] }))
  })

  test('when the server fails first', async () => {
    await using wire = await wireServer([wireError(503, {}, NOW), response()])
    using watched = watchCalls()
    await connect(wire, { maxRetries: 2 }).responses.create(RESPONSE)
    const failed = { status: 503, requestId: 'req_1', retryAfter: 0.001 }
    expect(await watched.only()).toStrictEqual(responseCall({ attempts: [failed, served(2)] }))
  })

  test('when the network fails first', async () => {
    await using wire = await wireServer([RESET, chatCompletion()])
    using watched = watchCalls()
    await connect(wire, { maxRetries: 2 }).chat.completions.create(CHAT)
    const failed = { errorType: major === 4 ? 'FetchError' : 'TypeError' }
    expect(await watched.only()).toStrictEqual(chatCall({ attempts: [failed, served(2)] }))
  })

  test('when the last one is refused too: then the call has hit a rate limit', async () => {
    await using wire = await wireServer(rateLimited())
    using watched = watchCalls()
    await expect(connect(wire, { maxRetries: 2 }).chat.completions.create(CHAT)).rejects.toThrow('429')
    expect(await watched.only()).toStrictEqual(
      failedCall({
        attempts: [refused(1), refused(2), refused(3)],
        outcome: { kind: 'rate_limit', errorType: 'rate_limit_exceeded' },
      }),
    )
  })

  test('when the quota turns out to be used up: then it was with the first refusal', async () => {
    const codes = { code: 'insufficient_quota', type: 'insufficient_quota' }
    await using wire = await wireServer([wireError(429, {}, NOW), wireError(429, codes, NOW)])
    using watched = watchCalls()
    await expect(connect(wire, { maxRetries: 1 }).chat.completions.create(CHAT)).rejects.toThrow('429')
    const { attempts } = await watched.only()
    expect(attempts.map(({ rateLimitReason }) => rateLimitReason)).toEqual(['quota', 'quota'])
  })

  test('and the next call of the same client begins with none', async () => {
    await using wire = await wireServer([rateLimited(), chatCompletion(), chatCompletion()])
    using watched = watchCalls()
    const client = connect(wire, { maxRetries: 2 })
    await client.chat.completions.create(CHAT)
    await client.chat.completions.create(CHAT)
    expect((await watched.facts(2)).map(({ attempts }) => attempts.length)).toEqual([2, 1])
  })
})

describe.each(MAJORS.filter(({ major }) => major === 7))('with openai $major, a retry', ({ connect }) => {
  test('after the headers, because the body did not come in time, is an attempt of the same call', async () => {
    await using wire = await wireServer([{ body: '{"id":', after: 'stall' }, chatCompletion()])
    using watched = watchCalls()
    await connect(wire, { maxRetries: 2 }).chat.completions.create(CHAT, { timeout: 500 })
    const unread = { status: 200, requestId: 'req_1' }
    expect(await watched.only()).toStrictEqual(chatCall({ attempts: [unread, served(2)] }))
  })
})
