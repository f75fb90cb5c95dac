import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM, RESPONSE } from '../harmless/scenario.ts'
import { chatCall, chatStreamCall, responseCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { chatCompletion, chatStream, response } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

describe.each(MAJORS)('with openai $major, a call is the same', ({ openai, connect }) => {
  test.each(['/chat/completions', '/chat/completions/', '/chat/completions?trace=1'])(
    'when it is made by path, as %s',
    async (path) => {
      await using wire = await wireServer(chatCompletion())
      using watched = watchCalls()
      await connect(wire).post(path, { body: CHAT })
      expect(await watched.only()).toStrictEqual(chatCall())
    },
  )

  test('when it is made by path and streamed', async () => {
    await using wire = await wireServer(chatStream(['Hello', ', world']))
    using watched = watchCalls()
    const stream = await connect(wire).post('/chat/completions', { body: CHAT_STREAM, stream: true })
    await readAll(stream as AsyncIterable<unknown>)
    expect(await watched.only()).toStrictEqual(chatStreamCall())
  })

  test('when it is made by a whole address, which is then the one it went to', async () => {
    await using wire = await wireServer(response())
    using watched = watchCalls()
    await connect({ url: 'https://api.groq.com/openai/v1' }).post(`${wire.url}/responses`, { body: RESPONSE })
    expect(await watched.only()).toStrictEqual(responseCall())
    expect(watched.calls[0]?.server?.port).toBe(wire.port)
  })

  test('when a subclass makes it', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    class Mine extends openai.OpenAI {}
    connect(wire)
    const client = new Mine({ apiKey: 'sk-test', baseURL: wire.url })
    await client.chat.completions.create(CHAT)
    expect(await watched.only()).toStrictEqual(chatCall())
  })

  test('when the client existed before anybody watched its class', async () => {
    await using wire = await wireServer(chatCompletion())
    const client = new openai.OpenAI({ apiKey: 'sk-test', baseURL: wire.url })
    using watched = watchCalls()
    connect(wire)
    await client.chat.completions.create(CHAT)
    expect(await watched.only()).toStrictEqual(chatCall())
  })
})

describe.each(MAJORS.filter(({ major }) => major > 4))('with openai $major, a call is the same', ({ connect }) => {
  test('when a clone of the client makes it', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    await connect(wire).withOptions({ timeout: 5000 }).chat.completions.create(CHAT)
    expect(await watched.only()).toStrictEqual(chatCall())
  })
})
