import { SpanStatusCode } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM, EMBEDDING, RESPONSE } from '../harmless/scenario.ts'
import { failedCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { spans } from '../support/spans.ts'
import { rateLimited, wireError } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const REFUSALS = [
  [400, { code: 'context_length_exceeded' }, 'context_length_exceeded'],
  [401, { code: 'invalid_api_key' }, 'invalid_api_key'],
  [404, { code: 'model_not_found' }, 'model_not_found'],
  [400, { code: null }, '400'],
  [404, { code: '' }, '404'],
  [422, { code: 7 }, '422'],
  [500, {}, '500'],
] as const

/** TCP port multiplexer's neighbour, which nobody serves and which `fetch` does not forbid. */
const NOBODY = { url: 'http://127.0.0.1:2/v1' }

describe.each(MAJORS)('with openai $major', ({ major, connect }) => {
  const networkError = major === 4 ? 'FetchError' : 'TypeError'

  test.each(REFUSALS)('a refusal with %i and %o is an error of the type %s', async (status, error, errorType) => {
    await using wire = await wireServer(wireError(status, error))
    using watched = watchCalls()
    const caught: unknown = await connect(wire)
      .chat.completions.create(CHAT)
      .catch((reason: unknown) => reason)
    const attempts = [{ status, requestId: 'req_1' }]
    expect(await watched.only()).toStrictEqual(failedCall({ attempts, outcome: { kind: 'error', errorType } }))
    expect(watched.calls[0]?.outcome.error).toBe(caught)
  })

  test('every operation has its errors, streamed or not', async () => {
    await using wire = await wireServer(wireError(401, { code: 'invalid_api_key' }))
    using watched = watchCalls()
    const client = connect(wire)
    await client.chat.completions.create(CHAT_STREAM).catch(() => {})
    await client.responses.create(RESPONSE).catch(() => {})
    await client.responses.create({ ...RESPONSE, stream: true }).catch(() => {})
    await client.embeddings.create(EMBEDDING).catch(() => {})
    await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Hi' }).catch(() => {})
    const calls = await watched.facts(5)
    const operations = ['chat_completion', 'response', 'response', 'embedding', 'completion']
    expect(calls.map(({ operation }) => operation)).toEqual(operations)
    expect(new Set(calls.map(({ outcome }) => outcome.errorType))).toEqual(new Set(['invalid_api_key']))
  })

  test('a rate limit to the last is on the span of every operation, streamed or not', async () => {
    await using wire = await wireServer(rateLimited())
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    const client = connect(wire, { maxRetries: 1 })
    await client.chat.completions.create(CHAT).catch(() => {})
    await client.chat.completions.create(CHAT_STREAM).catch(() => {})
    await client.responses.create(RESPONSE).catch(() => {})
    await client.responses.create({ ...RESPONSE, stream: true }).catch(() => {})
    await client.embeddings.create(EMBEDDING).catch(() => {})
    await watched.facts(5)
    const names = [
      'chat gpt-4o-mini',
      'chat gpt-4o-mini',
      'chat gpt-4o-mini',
      'chat gpt-4o-mini',
      'embeddings text-embedding-3-small',
    ]
    expect(ended().map(({ name }) => name)).toEqual(names)
    for (const { attributes, status, events } of ended()) {
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'rate_limit_exceeded' })
      expect(attributes).toMatchObject({
        'error.type': 'rate_limit_exceeded',
        'ai.status': 'rate_limit',
        'ai.attempts': 2,
      })
      const statuses = events.filter(({ name }) => name === 'ai.attempt').map((event) => event.attributes)
      expect(statuses.map((told) => told?.['http.response.status_code'])).toEqual([429, 429])
    }
  })

  test('a connection that is refused is an error without an answer', async () => {
    using watched = watchCalls()
    const client = connect(NOBODY)
    await expect(client.chat.completions.create(CHAT)).rejects.toThrow('Connection error')
    const outcome = { kind: 'error', errorType: 'APIConnectionError' } as const
    expect(await watched.only()).toStrictEqual(failedCall({ attempts: [{ errorType: networkError }], outcome }))
  })

  test('a time-out is an error without an answer', async () => {
    await using wire = await wireServer({ silent: true, after: 'stall' })
    using watched = watchCalls()
    await expect(connect(wire).chat.completions.create(CHAT, { timeout: 100 })).rejects.toThrow('timed out')
    const outcome = { kind: 'error', errorType: 'APIConnectionTimeoutError' } as const
    expect(await watched.only()).toStrictEqual(failedCall({ attempts: [{ errorType: 'AbortError' }], outcome }))
  })

  test('an answer that is no JSON is an error after a status', async () => {
    await using wire = await wireServer({ body: '{"id":' })
    using watched = watchCalls()
    await connect(wire)
      .chat.completions.create(CHAT)
      .catch(() => {})
    const { outcome, attempts, unpriced } = await watched.only()
    expect(outcome).toStrictEqual({ kind: 'error', errorType: major === 4 ? 'FetchError' : 'SyntaxError' })
    expect(attempts).toStrictEqual([{ status: 200, requestId: 'req_1' }])
    expect(unpriced).toBe('no_usage')
  })
})
