import { describe, expect, test } from 'vitest'
import { CHAT_STREAM } from '../harmless/scenario.ts'
import { chatCall, chatStreamCall, STREAMED_REQUEST, unfinished, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { chatStream, CHAT_USAGE, sse } from '../support/wire-answers.ts'
import { PAUSE, wireServer } from '../support/wire-server.ts'

const HELLO = ['Hello', ', world']

describe.each(MAJORS)('a chat stream with openai $major', ({ connect }) => {
  test('that is read to its end is a success without usage, unless the application asked for it', async () => {
    await using wire = await wireServer(chatStream(HELLO))
    using watched = watchCalls()
    expect(await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))).toBe(3)
    expect(await watched.only()).toStrictEqual(chatStreamCall())
  })

  test('has the usage and the cost of its last chunk', async () => {
    await using wire = await wireServer(chatStream(HELLO, { chunk: { usage: null }, usage: CHAT_USAGE }))
    using watched = watchCalls()
    const options = { ...CHAT_STREAM, stream_options: { include_usage: true } }
    await readAll(await connect(wire).chat.completions.create(options))
    expect(await watched.only()).toStrictEqual(chatCall({ request: STREAMED_REQUEST, chunks: 4 }))
  })

  test('with usage in every chunk has that of the last one', async () => {
    const early = { prompt_tokens: 1117, completion_tokens: 1 }
    await using wire = await wireServer(chatStream(HELLO, { chunk: { usage: early }, usage: CHAT_USAGE }))
    using watched = watchCalls()
    await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))
    expect(await watched.only()).toStrictEqual(chatCall({ request: STREAMED_REQUEST, chunks: 4 }))
  })

  test('keeps its usage when a later chunk brings nonsense', async () => {
    const ending = [sse({ choices: [], usage: CHAT_USAGE }), sse({ choices: [], usage: { prompt_tokens: 'x' } })]
    await using wire = await wireServer(chatStream(HELLO, { ending }))
    using watched = watchCalls()
    await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))
    expect(await watched.only()).toStrictEqual(unfinished(chatCall({ request: STREAMED_REQUEST, chunks: 4 })))
  })

  test('counts the time to its first chunk from the request on, not from the headers', async () => {
    const answer = chatStream(HELLO)
    // Headers leave with the first piece.
    await using wire = await wireServer({ ...answer, pieces: [PAUSE, ...(answer.pieces ?? [])] })
    using watched = watchCalls()
    const answered = connect(wire).chat.completions.create(CHAT_STREAM)
    await wire.arrived(1)
    const arrivedAt = performance.now()
    // The server is asked something else meanwhile, so that some time passes.
    await (await fetch(wire.url.replace('/v1', '/-/arrived/1'))).text()
    const heldFor = (performance.now() - arrivedAt) / 1000
    wire.continue()
    await readAll(await answered)
    await watched.facts(1)
    expect(watched.calls[0]?.timing.timeToFirstChunk).toBeGreaterThanOrEqual(heldFor)
  })

  test('is not over when it has begun', async () => {
    await using wire = await wireServer(chatStream(HELLO))
    using watched = watchCalls()
    const stream = await connect(wire).chat.completions.create(CHAT_STREAM)
    const iterator = stream[Symbol.asyncIterator]()
    for (let chunk = 1; chunk <= 3; chunk++) await iterator.next()
    expect(watched.calls).toEqual([])
    expect((await iterator.next()).done).toBe(true)
    await watched.facts(1)
  })
})
