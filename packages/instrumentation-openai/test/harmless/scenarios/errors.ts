import type { ClientOptions } from 'openai'
import { chatCompletion, rateLimited, response, wireError } from '../../support/wire-answers.ts'
import { PAUSE } from '../../support/wire-server.ts'
import type { Answer } from '../../support/wire-server.ts'
import { CHAT, EMBEDDING, RESPONSE } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

/** Asks once and prints the error, and which of the client's classes it is an instance of. */
const askAndPrint: Scenario['run'] = async ({ client, print, openai }) => {
  const error: unknown = await client.chat.completions.create(CHAT).catch((caught: unknown) => caught)
  print('error', error)
  const classes = Object.values(openai).filter((member) => typeof member === 'function' && 'prototype' in member)
  const matches = classes.filter((type) => error instanceof (type as typeof Error))
  print('instance of', matches.map((type) => (type as typeof Error).name).toSorted())
}

/** An answer of which half arrives; the connection is reset when the client says that it has the headers. */
const BROKEN_OFF: Answer = {
  headers: { 'content-type': 'application/json' },
  pieces: ['{"id":"chatcmpl-1","choices":', PAUSE],
  after: 'reset',
}

/** A `fetch` that does something when the headers have arrived, before the client gets to read the body. */
function fetchAndThen(action: () => unknown): ClientOptions['fetch'] {
  const fetchWithAction: typeof fetch = async (...all) => {
    const answer = await fetch(...all)
    await action()
    return answer
  }
  return fetchWithAction as ClientOptions['fetch']
}

/** Refusals, retries and a network that is not there. */
export const errors: readonly Scenario[] = [
  ...[400, 401, 403, 404, 422].map((status) => ({
    name: `an error ${status}`,
    script: wireError(status, { param: 'model', code: `code_${status}` }),
    calls: [`chat_completion error ${status} -`],
    run: askAndPrint,
  })),
  ...[408, 409, 500, 503].map((status) => ({
    name: `an error ${status} to the last retry`,
    script: wireError(status, {}, { 'retry-after-ms': '1' }),
    calls: [`chat_completion error ${status},${status},${status} -`],
    run: askAndPrint,
  })),
  {
    name: 'a rate limit to the last retry',
    script: rateLimited(),
    calls: ['chat_completion rate_limit 429,429,429 -'],
    run: askAndPrint,
  },
  {
    name: 'a quota that is used up, which the provider says not to retry',
    script: rateLimited({ type: 'insufficient_quota', code: 'insufficient_quota' }, { 'x-should-retry': 'false' }),
    calls: ['chat_completion rate_limit 429 -'],
    run: askAndPrint,
  },
  {
    name: 'two rate limits and then an answer',
    script: [rateLimited(), rateLimited(), chatCompletion()],
    calls: ['chat_completion success 429,429,200 1117/342'],
    run: async ({ client, print }) => print('answer', await client.chat.completions.create(CHAT)),
  },
  {
    name: 'a rate limit and then an error',
    script: [rateLimited(), wireError(400)],
    calls: ['chat_completion error 429,400 -'],
    run: askAndPrint,
  },
  {
    name: 'retries of Responses and embeddings',
    script: [rateLimited(), response(), wireError(500, {}, { 'retry-after-ms': '1' }), wireError(404)],
    calls: ['response success 429,200 328/87', 'embedding error 500,404 -'],
    run: async ({ client, print, attempt }) => {
      print('response', await client.responses.create(RESPONSE))
      await attempt('embedding', () => client.embeddings.create(EMBEDDING))
    },
  },
  {
    name: 'a rate limit without retries',
    script: rateLimited(),
    calls: ['chat_completion rate_limit 429 -', 'chat_completion rate_limit 429 -'],
    run: async ({ client, connect, attempt }) => {
      await attempt('by the client', () => connect({ maxRetries: 0 }).chat.completions.create(CHAT))
      await attempt('by the call', () => client.chat.completions.create(CHAT, { maxRetries: 0 }))
    },
  },
  {
    name: 'an error without a body',
    script: { status: 404 },
    calls: ['chat_completion error 404 -'],
    run: askAndPrint,
  },
  {
    name: 'an error whose body is HTML',
    script: { status: 404, headers: { 'content-type': 'text/html' }, body: '<html><h1>404 Not Found</h1></html>' },
    calls: ['chat_completion error 404 -'],
    run: askAndPrint,
  },
  {
    name: 'an error whose body is truncated JSON',
    script: { status: 400, body: '{"error": {"mess' },
    calls: ['chat_completion error 400 -'],
    run: askAndPrint,
  },
  {
    name: 'errors whose bodies have an unusual shape',
    script: [null, [], 'no', 5, {}, { error: null }, { error: 'no' }, { error: [] }, { message: 'flat' }].map(
      (json) => ({
        status: 400,
        json,
      }),
    ),
    calls: Array.from({ length: 9 }, () => 'chat_completion error 400 -'),
    run: async ({ client, attempt }) => {
      for (let count = 1; count <= 9; count++)
        await attempt(`error ${count}`, () => client.chat.completions.create(CHAT))
    },
  },
  {
    name: 'a redirect is followed',
    script: [{ status: 307, headers: { location: '/v1/elsewhere' } }, chatCompletion()],
    calls: ['chat_completion success 200 1117/342'],
    run: askAndPrint,
  },
  {
    name: 'a connection that is refused',
    script: 'nobody listens',
    calls: ['chat_completion error - -', 'chat_completion error - -'],
    run: async ({ connect, attempt }) => {
      const client = connect({ maxRetries: 0 })
      await attempt('answer', () => client.chat.completions.create(CHAT))
      await attempt('stream', () => client.chat.completions.create({ ...CHAT, stream: true }))
    },
  },
  {
    name: 'a connection that is reset before the answer, and then an answer',
    script: [{ silent: true, after: 'reset' }, chatCompletion()],
    calls: ['chat_completion success -,200 1117/342'],
    run: askAndPrint,
  },
  {
    name: 'a connection that is reset in the middle of the answer',
    script: BROKEN_OFF,
    calls: ['chat_completion error 200 -'],
    run: async ({ connect, attempt, wire }) => {
      const client = connect({ maxRetries: 0, fetch: fetchAndThen(() => wire('continue')) })
      await attempt('answer', () => client.chat.completions.create(CHAT))
    },
  },
  {
    name: 'a body that does not come in time, for which v7 asks again',
    since: 7,
    script: [{ body: '{"id":"chatcmpl-1","choices":', after: 'stall' }, chatCompletion()],
    calls: ['chat_completion success 200,200 1117/342'],
    run: async ({ client, attempt, wire, print }) => {
      await attempt('answer', () => client.chat.completions.create(CHAT, { timeout: 400 }))
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'a time-out before the headers',
    script: { silent: true, after: 'stall' },
    calls: ['chat_completion error - -'],
    run: async ({ client, attempt, wire, print }) => {
      await attempt('answer', () => client.chat.completions.create(CHAT, { timeout: 400, maxRetries: 0 }))
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'an abort before the call',
    script: chatCompletion(),
    calls: ['chat_completion cancelled - -'],
    run: async ({ client, attempt }) => {
      await attempt('answer', () =>
        client.chat.completions.create(CHAT, { signal: AbortSignal.abort(new RangeError('mine')) }),
      )
    },
  },
  {
    name: 'an abort while waiting for the headers',
    script: { silent: true, after: 'stall' },
    calls: ['chat_completion cancelled - -'],
    run: async ({ client, attempt, wire, print }) => {
      const controller = new AbortController()
      const promise = client.chat.completions.create(CHAT, { signal: controller.signal })
      await wire('arrived/1')
      controller.abort()
      await attempt('answer', () => promise)
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'an abort while waiting for the body',
    script: { body: '{"id":"chatcmpl-1","choices":', after: 'stall' },
    calls: ['chat_completion cancelled 200 -'],
    run: async ({ connect, attempt, wire, print }) => {
      const controller = new AbortController()
      const client = connect({ fetch: fetchAndThen(() => setImmediate(() => controller.abort())) })
      await attempt('answer', () => client.chat.completions.create(CHAT, { signal: controller.signal }))
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'an abort after the answer',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const controller = new AbortController()
      const answer = await client.chat.completions.create(CHAT, { signal: controller.signal })
      controller.abort()
      print('id', answer.id)
    },
  },
]
