import { describe, expect, test } from 'vitest'
import { CHAT_STREAM } from '../harmless/scenario.ts'
import { chatCall, chatStreamCall, STREAMED_REQUEST, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { chatStream, CHAT_USAGE } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const HELLO = ['Hello', ', world']
const WHOLE = chatCall({ request: STREAMED_REQUEST, chunks: 4 })

describe.each(MAJORS)('with openai $major, one call is what becomes of a stream', ({ connect }) => {
  test('that is teed, both halves read', async () => {
    await using wire = await wireServer(chatStream(HELLO, { usage: CHAT_USAGE }))
    using watched = watchCalls()
    const [left, right] = (await connect(wire).chat.completions.create(CHAT_STREAM)).tee()
    expect(await Promise.all([readAll(left), readAll(right)])).toEqual([4, 4])
    expect(await watched.only()).toStrictEqual(WHOLE)
  })

  test('that is turned into bytes', async () => {
    await using wire = await wireServer(chatStream(HELLO, { usage: CHAT_USAGE }))
    using watched = watchCalls()
    const readable = (await connect(wire).chat.completions.create(CHAT_STREAM)).toReadableStream()
    const lines = await new Response(readable as unknown as ReadableStream).text()
    expect(lines.trimEnd().split('\n')).toHaveLength(4)
    expect(await watched.only()).toStrictEqual(WHOLE)
  })

  test('that is turned into bytes and cancelled', async () => {
    await using wire = await wireServer(chatStream(HELLO, { after: 'stall' }))
    using watched = watchCalls()
    const readable = (await connect(wire).chat.completions.create(CHAT_STREAM)).toReadableStream()
    const reader = (readable as unknown as ReadableStream).getReader()
    await reader.read()
    await reader.cancel()
    const { outcome, chunks } = await watched.only()
    expect(outcome).toStrictEqual({ kind: 'cancelled' })
    expect(chunks).toBe(1)
  })

  test('that is iterated a second time, which the client refuses', async () => {
    await using wire = await wireServer(chatStream(HELLO))
    using watched = watchCalls()
    const stream = await connect(wire).chat.completions.create(CHAT_STREAM)
    await readAll(stream)
    await expect(readAll(stream)).rejects.toThrow('Cannot iterate over a consumed stream')
    expect(await watched.only()).toStrictEqual(chatStreamCall())
  })

  test('that is iterated a second time while the first goes on', async () => {
    await using wire = await wireServer(chatStream(HELLO))
    using watched = watchCalls()
    const stream = await connect(wire).chat.completions.create(CHAT_STREAM)
    const first = stream[Symbol.asyncIterator]()
    await first.next()
    await expect(readAll(stream)).rejects.toThrow('Cannot iterate over a consumed stream')
    while (!(await first.next()).done);
    expect(await watched.only()).toStrictEqual(chatStreamCall())
  })
})
