import type { Attempt } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion, rateLimited, wireError } from '../support/wire-answers.ts'
import { type Answer, wireServer } from '../support/wire-server.ts'

const left = (requests: string, tokens: string): Record<string, string> => ({
  'x-ratelimit-remaining-requests': requests,
  'x-ratelimit-remaining-tokens': tokens,
})

const REFUSALS: readonly (readonly [reason: Attempt['rateLimitReason'], how: string, answer: Answer])[] = [
  ['requests', 'by the headers', wireError(429, {}, left('0', '5'))],
  ['tokens', 'by the headers', wireError(429, {}, left('5', '0'))],
  ['tokens', 'by the body, which knows better', rateLimited({ type: 'tokens' })],
  ['quota', 'by the code', rateLimited({ code: 'insufficient_quota' })],
  ['quota', 'by the type', rateLimited({ code: null, type: 'insufficient_quota' })],
  ['unknown', 'when nothing tells', wireError(429)],
]

const HEADERS: readonly (readonly [sentence: string, headers: Record<string, string>, state: unknown])[] = [
  ['-1, which says that nothing is known, is left out', left('-1', '7'), { remainingTokens: 7 }],
  ['text is left out', left('many', '7'), { remainingTokens: 7 }],
  ['a server that says nothing has no state', {}, undefined],
]

describe.each(MAJORS)('with openai $major', ({ connect }) => {
  test.each(REFUSALS)('a 429 has the reason %s, %s', async (reason, _, answer) => {
    await using wire = await wireServer(answer)
    using watched = watchCalls()
    await connect(wire)
      .chat.completions.create(CHAT)
      .catch(() => {})
    const { attempts, outcome } = await watched.only()
    expect(attempts[0]?.rateLimitReason).toBe(reason)
    expect(outcome.kind).toBe('rate_limit')
  })

  test.each(HEADERS)('in the headers about the quota, %s', async (_, headers, state) => {
    await using wire = await wireServer({ json: chatCompletion().json, headers })
    using watched = watchCalls()
    await connect(wire).chat.completions.create(CHAT)
    expect((await watched.only()).attempts[0]?.rateLimit).toStrictEqual(state)
  })
})
