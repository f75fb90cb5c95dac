import { describe, expect, test } from 'vitest'
import { CHAT_STREAM } from '../harmless/scenario.ts'
import { type CallFacts, chatStreamCall, unfinished, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAndBreak } from '../support/streams.ts'
import { chatStream } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const OPEN_STREAM = chatStream(['Hel', 'lo'], { after: 'stall' })

/** Cancelled is no error, and the choice that never finished ended in `error`. */
function leftAfter(chunks: number): CallFacts {
  return unfinished(chatStreamCall({ chunks, outcome: { kind: 'cancelled' } }))
}

describe.each(MAJORS)('a chat stream with openai $major', ({ connect }) => {
  test('is cancelled when the application breaks out of its loop', async () => {
    await using wire = await wireServer(OPEN_STREAM)
    using watched = watchCalls()
    await readAndBreak(await connect(wire).chat.completions.create(CHAT_STREAM), 2)
    expect(await watched.only()).toStrictEqual(leftAfter(2))
    expect(await wire.requests[0]?.closed).toBe('early')
  })

  test('is cancelled when the loop throws', async () => {
    await using wire = await wireServer(OPEN_STREAM)
    using watched = watchCalls()
    const stream = await connect(wire).chat.completions.create(CHAT_STREAM)
    const loop = async (): Promise<void> => {
      for await (const chunk of stream) throw new RangeError(chunk.id)
    }
    await expect(loop()).rejects.toThrow(RangeError)
    expect(await watched.only()).toStrictEqual(leftAfter(1))
  })

  test('is cancelled when its iterator is told to return', async () => {
    await using wire = await wireServer(OPEN_STREAM)
    using watched = watchCalls()
    const iterator = (await connect(wire).chat.completions.create(CHAT_STREAM))[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.return?.()
    await iterator.return?.()
    expect(await watched.only()).toStrictEqual(leftAfter(1))
  })

  test('is a success when the loop is left after its end', async () => {
    await using wire = await wireServer(chatStream(['Hello', ', world']))
    using watched = watchCalls()
    const iterator = (await connect(wire).chat.completions.create(CHAT_STREAM))[Symbol.asyncIterator]()
    while (!(await iterator.next()).done);
    await iterator.return?.()
    expect(await watched.only()).toStrictEqual(chatStreamCall())
  })

  test('that is left keeps the finish reason it has heard of', async () => {
    await using wire = await wireServer(chatStream(['Hello', ', world']))
    using watched = watchCalls()
    await readAndBreak(await connect(wire).chat.completions.create(CHAT_STREAM), 3)
    expect(await watched.only()).toStrictEqual(chatStreamCall({ outcome: { kind: 'cancelled' } }))
  })
})
