import { describe, expect, test } from 'vitest'
import { CHAT, RESPONSE } from '../harmless/scenario.ts'
import { chatCall, chatStreamCall, responseCall, STREAMED_REQUEST, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatChoice, chatCompletion, chatStream, CHAT_USAGE, responseStream } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const HELLO = ['Hello', ', world']

const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
    parse: JSON.parse,
    function: ({ city }: { city: string }): string => `sunny in ${city}`,
  },
}

describe.each(MAJORS)('with openai $major, the helper', ({ connect, chatOf }) => {
  test('chat.completions.stream is one call', async () => {
    await using wire = await wireServer(chatStream(HELLO, { usage: CHAT_USAGE }))
    using watched = watchCalls()
    const runner = chatOf(connect(wire)).stream(CHAT)
    expect(await runner.finalContent()).toBe('Hello, world')
    expect(await watched.only()).toStrictEqual(chatCall({ request: STREAMED_REQUEST, chunks: 4 }))
  })

  test('chat.completions.stream is cancelled by its abort', async () => {
    await using wire = await wireServer(chatStream(HELLO, { after: 'stall' }))
    using watched = watchCalls()
    const runner = chatOf(connect(wire)).stream(CHAT)
    runner.on('content', () => runner.abort())
    await expect(runner.done()).rejects.toThrow('aborted')
    const { outcome } = await watched.only()
    expect(outcome).toStrictEqual({ kind: 'cancelled', errorType: 'APIUserAbortError' })
  })

  test('chat.completions.stream that is left is cancelled', async () => {
    await using wire = await wireServer(chatStream(HELLO, { after: 'stall' }))
    using watched = watchCalls()
    for await (const _ of chatOf(connect(wire)).stream(CHAT)) break
    const { outcome, request } = await watched.only()
    expect(outcome.kind).toBe('cancelled')
    expect(request).toStrictEqual(chatStreamCall().request)
  })

  test('responses.stream is one call', async () => {
    await using wire = await wireServer(responseStream(HELLO))
    using watched = watchCalls()
    const { status } = await connect(wire).responses.stream(RESPONSE).finalResponse()
    expect(status).toBe('completed')
    expect(await watched.only()).toStrictEqual(responseCall({ request: STREAMED_REQUEST, chunks: 10 }))
  })

  test('chat.completions.runTools is a call for each answer of the model', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }
    const asks = chatCompletion({ choices: [chatChoice({ tool_calls: [call] }, 'tool_calls')] })
    await using wire = await wireServer([asks, chatCompletion()])
    using watched = watchCalls()
    await chatOf(connect(wire))
      .runTools({ ...CHAT, tools: [weather] })
      .finalContent()
    const calls = await watched.facts(2)
    expect(calls.map(({ response }) => response?.finishReasons)).toEqual([['tool_calls'], ['stop']])
    expect(calls.map(({ attempts }) => attempts[0]?.requestId)).toEqual(['req_1', 'req_2'])
  })
})
