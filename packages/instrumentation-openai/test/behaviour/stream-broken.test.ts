import { describe, expect, test, vi } from 'vitest'
import { CHAT_STREAM } from '../harmless/scenario.ts'
import { type CallFacts, chatStreamCall, unfinished, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { chatStream, sse } from '../support/wire-answers.ts'
import { type Answer, PAUSE, wireServer } from '../support/wire-server.ts'

/** Sends one chunk, something that breaks the stream, and nothing that finishes it. */
function breaking(piece: string): Answer {
  return chatStream(['Hel'], { ending: [piece] })
}

function brokenAfter(chunks: number, errorType: string): CallFacts {
  return unfinished(chatStreamCall({ chunks, outcome: { kind: 'error', errorType } }))
}

describe.each(MAJORS)('a chat stream with openai $major', ({ major, connect }) => {
  test.each([
    ['by the code of an error event', { code: 'server_overloaded', message: 'No' }, 'server_overloaded'],
    ['as stream_error when the event has no code', { message: 'No' }, 'stream_error'],
  ])('fails %s', async (_, error, errorType) => {
    await using wire = await wireServer(breaking(sse({ error })))
    using watched = watchCalls()
    await expect(readAll(await connect(wire).chat.completions.create(CHAT_STREAM))).rejects.toThrow('No')
    expect(await watched.only()).toStrictEqual(brokenAfter(1, errorType))
  })

  test('fails when an event is not JSON', async () => {
    await using wire = await wireServer(breaking('data: {"id": nonsense\n\n'))
    using watched = watchCalls()
    // The client itself tells of it on the console, which v4 cannot be told not to do.
    using quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
    const client = connect(wire, { logLevel: 'off' })
    await expect(readAll(await client.chat.completions.create(CHAT_STREAM))).rejects.toThrow()
    expect(quiet).toHaveBeenCalledTimes(major === 4 ? 2 : 0)
    expect(await watched.only()).toStrictEqual(brokenAfter(1, 'SyntaxError'))
  })

  test('fails when its connection is reset', async () => {
    const { pieces = [], ...rest } = chatStream(['Hel', 'lo'], { after: 'reset' })
    await using wire = await wireServer({ ...rest, pieces: [...pieces, PAUSE] })
    using watched = watchCalls()
    const iterator = (await connect(wire).chat.completions.create(CHAT_STREAM))[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    wire.continue()
    const caught = await iterator.next().catch((error: unknown) => error)
    expect(await watched.only()).toStrictEqual(brokenAfter(2, major === 4 ? 'ECONNRESET' : 'TypeError'))
    expect(watched.calls[0]?.outcome.error).toBe(caught)
  })

  test('that ends without [DONE] is a success where all its choices have finished', async () => {
    await using wire = await wireServer(
      chatStream(['Hel'], { ending: [sse({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })] }),
    )
    using watched = watchCalls()
    await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))
    expect(await watched.only()).toStrictEqual(chatStreamCall({ chunks: 2 }))
  })

  test('that ends too early says so in its finish reasons', async () => {
    await using wire = await wireServer(chatStream(['Hel'], { ending: [] }))
    using watched = watchCalls()
    await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))
    expect(await watched.only()).toStrictEqual(unfinished(chatStreamCall({ chunks: 1 })))
  })

  test('without a single chunk is a success that says nothing', async () => {
    await using wire = await wireServer(chatStream([], { ending: [] }))
    using watched = watchCalls()
    await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))
    expect(await watched.only()).toStrictEqual(chatStreamCall({ chunks: 0, response: {} }))
  })
})
