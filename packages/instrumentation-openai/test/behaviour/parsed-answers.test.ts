/* oxlint-disable no-underscore-dangle -- the client's own name */
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { CHAT, RESPONSE } from '../harmless/scenario.ts'
import { chatCall, responseCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatChoice, chatCompletion, response as responseAnswer } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const schema = { name: 'city', strict: true, schema: { type: 'object', properties: { city: { type: 'string' } } } }
const format = { type: 'json_schema' as const, json_schema: schema }
const WANTS_JSON = { ...chatCall().request, parameters: { outputType: 'json' } } as const

/** Marks a format as one whose answers the client itself parses, as its zod helper does. */
function parseable(major: number): typeof format {
  const path = `${major === 7 ? 'openai' : `openai-v${major}`}/lib/parser`
  const parser = createRequire(import.meta.url)(path) as {
    makeParseableResponseFormat(plain: typeof format, parse: (text: string) => unknown): typeof format
  }
  return parser.makeParseableResponseFormat(format, JSON.parse)
}

interface Unwrappable {
  _thenUnwrap(transform: (answer: { id: string }) => unknown): Promise<unknown>
}

describe.each(MAJORS)('with openai $major', ({ major, connect, chatOf }) => {
  test('an answer that the client parses is one call', async () => {
    await using wire = await wireServer(chatCompletion({ choices: [chatChoice({ content: '{"city":"Oslo"}' })] }))
    using watched = watchCalls()
    const { choices } = await chatOf(connect(wire)).parse({ ...CHAT, response_format: parseable(major) })
    expect(choices[0]?.message.parsed).toEqual({ city: 'Oslo' })
    expect(await watched.only()).toStrictEqual(chatCall({ request: WANTS_JSON }))
  })

  test.each([
    ['was cut off', 'length', 'LengthFinishReasonError'],
    ['was filtered', 'content_filter', 'ContentFilterFinishReasonError'],
    ['is no JSON', 'stop', 'SyntaxError'],
  ])(
    'an answer that %s, which the client cannot parse, is an error, and has its usage and its cost',
    async (...how) => {
      const [, finishReason, errorType] = how
      await using wire = await wireServer(chatCompletion({ choices: [chatChoice({ content: '{"ci' }, finishReason)] }))
      using watched = watchCalls()
      await expect(chatOf(connect(wire)).parse({ ...CHAT, response_format: parseable(major) })).rejects.toThrow()
      const response = { ...chatCall().response, finishReasons: [finishReason] }
      const outcome = { kind: 'error', errorType } as const
      expect(await watched.only()).toStrictEqual(chatCall({ request: WANTS_JSON, response, outcome }))
    },
  )

  test('an answer that one of two readers got is a success', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const promise = connect(wire).chat.completions.create(CHAT)
    const unwrapped = (promise as unknown as Unwrappable)._thenUnwrap(({ id }) => id)
    const results = await Promise.allSettled([promise, unwrapped])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(await watched.only()).toStrictEqual(chatCall())
  })

  test('a Responses answer that the client parses is one call', async () => {
    await using wire = await wireServer(responseAnswer())
    using watched = watchCalls()
    await connect(wire).responses.parse(RESPONSE)
    expect(await watched.only()).toStrictEqual(responseCall())
  })

  test('an unwrapped answer is the same call as the answer', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const promise = connect(wire).chat.completions.create(CHAT)
    expect(await (promise as unknown as Unwrappable)._thenUnwrap(({ id }) => id)).toBe('chatcmpl-1')
    expect(await watched.only()).toStrictEqual(chatCall())
  })
})
