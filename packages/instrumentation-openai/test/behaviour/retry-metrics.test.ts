import { describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { type Meters, meters } from '../support/metrics.ts'
import { chatCompletion, rateLimited, wireError } from '../support/wire-answers.ts'
import { type Answer, wireServer } from '../support/wire-server.ts'

const NOW = { 'retry-after-ms': '1' }
const OF_CHAT = 'gpt-4o-mini chat_completion'

describe.each(MAJORS)('with openai $major', ({ connect }) => {
  async function measure(script: readonly Answer[], timeout?: number): Promise<Meters['read']> {
    await using wire = await wireServer(script)
    const { provider, read } = meters()
    using watched = watchCalls({ meterProvider: provider })
    const client = connect(wire, { maxRetries: 2, ...(timeout !== undefined && { timeout }) })
    await client.chat.completions.create(CHAT).catch(() => {})
    await watched.facts(1)
    return read
  }

  test('two rate limits that were retried are two hits and two retries of one successful request', async () => {
    const read = await measure([rateLimited(), rateLimited(), chatCompletion()])
    expect(await read('ai.rate_limit.hits')).toEqual({ [`${OF_CHAT} openai requests`]: 2 })
    expect(await read('ai.retries')).toEqual({ [`${OF_CHAT} rate_limit`]: 2 })
    expect(await read('ai.requests')).toMatchObject({ [`${OF_CHAT} openai success`]: 1 })
    expect(await read('ai.errors')).toEqual({})
    expect(await read('ai.tokens')).toEqual({ [`${OF_CHAT} completion`]: 342, [`${OF_CHAT} prompt`]: 1117 })
  })

  test('a rate limit to the last is an error as well, and three hits', async () => {
    const read = await measure([rateLimited(), rateLimited(), rateLimited()])
    expect(await read('ai.rate_limit.hits')).toEqual({ [`${OF_CHAT} openai requests`]: 3 })
    expect(await read('ai.retries')).toEqual({ [`${OF_CHAT} rate_limit`]: 2 })
    expect(await read('ai.requests')).toMatchObject({ [`${OF_CHAT} openai rate_limit`]: 1 })
    expect(await read('ai.errors')).toEqual({ [`rate_limit_exceeded ${OF_CHAT} openai`]: 1 })
    expect(await read('ai.tokens')).toEqual({})
  })

  test('retries are told apart by their reasons', async () => {
    const script = [wireError(500, {}, NOW), wireError(409, {}, NOW), chatCompletion()]
    const read = await measure(script)
    expect(await read('ai.retries')).toEqual({ [`${OF_CHAT} conflict`]: 1, [`${OF_CHAT} server_error`]: 1 })
    expect(await read('ai.rate_limit.hits')).toEqual({})
  })

  test('a connection that broke and a time-out are reasons, too', async () => {
    const script: Answer[] = [{ silent: true, after: 'reset' }, { silent: true, after: 'stall' }, chatCompletion()]
    const read = await measure(script, 200)
    expect(await read('ai.retries')).toEqual({ [`${OF_CHAT} connection`]: 1, [`${OF_CHAT} timeout`]: 1 })
  })

  test('the quota that is left is that of the last answer', async () => {
    const read = await measure([rateLimited(), chatCompletion()])
    expect(await read('ai.rate_limit.remaining')).toEqual({
      'requests gpt-4o-mini': 9999,
      'tokens gpt-4o-mini': 1998883,
    })
    expect(await read('ai.rate_limit.limit')).toEqual({ 'requests gpt-4o-mini': 10000, 'tokens gpt-4o-mini': 2000000 })
  })
})
