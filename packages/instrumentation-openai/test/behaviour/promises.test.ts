import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import { chatCall, chatStreamCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { chatCompletion, chatStream, wireError } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

describe.each(MAJORS)('with openai $major, one call is', ({ connect }) => {
  test('a promise that is awaited several times', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const promise = connect(wire).chat.completions.create(CHAT)
    expect(await promise).toBe(await promise)
    await promise.finally(() => {})
    expect(await watched.only()).toStrictEqual(chatCall())
  })

  test('withResponse', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const { data, response } = await connect(wire).chat.completions.create(CHAT).withResponse()
    expect([data.id, response.status]).toEqual(['chatcmpl-1', 200])
    expect(await watched.only()).toStrictEqual(chatCall())
  })

  test('withResponse of a stream', async () => {
    await using wire = await wireServer(chatStream(['Hello', ', world']))
    using watched = watchCalls()
    const { data } = await connect(wire).chat.completions.create(CHAT_STREAM).withResponse()
    await readAll(data)
    expect(await watched.only()).toStrictEqual(chatStreamCall())
  })

  test('a failure, whichever way the application looks at it', async () => {
    await using wire = await wireServer(wireError(400))
    using watched = watchCalls()
    const promise = connect(wire).chat.completions.create(CHAT)
    await Promise.allSettled([promise, promise.asResponse(), promise.withResponse(), promise.finally(() => {})])
    expect((await watched.only()).outcome).toStrictEqual({ kind: 'error', errorType: '400' })
  })
})
