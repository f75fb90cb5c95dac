import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import { type CallFacts, chatStreamCall, chatCall, unfinished, watchCalls, withoutUsage } from '../support/calls.ts'
import { collectGarbageUntil } from '../support/garbage.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion, chatStream } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const ABANDONED = { kind: 'abandoned' } as const

const UNREAD: CallFacts = chatStreamCall({ chunks: 0, response: {}, outcome: ABANDONED })

const READ_PARTLY: CallFacts = unfinished(chatStreamCall({ chunks: 1, outcome: ABANDONED }))

describe.each(MAJORS)('with openai $major', ({ connect }) => {
  test('a stream that nobody reads is abandoned once it is garbage', async () => {
    await using wire = await wireServer(chatStream(['Hello', ', world']))
    using watched = watchCalls()
    const client = connect(wire)
    const drop = async (): Promise<void> => void (await client.chat.completions.create(CHAT_STREAM))
    await drop()
    await collectGarbageUntil(() => watched.calls.length > 0)
    expect(await watched.only()).toStrictEqual(UNREAD)
  })

  test('a stream that is dropped half-way is abandoned once it is garbage', async () => {
    await using wire = await wireServer(chatStream(['Hello', ', world']))
    using watched = watchCalls()
    const client = connect(wire)
    const readOne = async (): Promise<void> => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      await stream[Symbol.asyncIterator]().next()
    }
    await readOne()
    await collectGarbageUntil(() => watched.calls.length > 0)
    expect(await watched.only()).toStrictEqual(READ_PARTLY)
  })

  test('an answer that nobody awaits is abandoned once it is garbage', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const client = connect(wire)
    const drop = (): void => void client.chat.completions.create(CHAT)
    drop()
    await (
      await wire.arrived(1)
    ).closed
    await collectGarbageUntil(() => watched.calls.length > 0)
    expect(await watched.only()).toStrictEqual(withoutUsage(chatCall({ response: {}, outcome: ABANDONED })))
  })

  test('a stream that is still open at shutdown is abandoned, and its later end changes nothing', async () => {
    await using wire = await wireServer(chatStream(['Hello', ', world']))
    using watched = watchCalls()
    const iterator = (await connect(wire).chat.completions.create(CHAT_STREAM))[Symbol.asyncIterator]()
    await iterator.next()
    watched.watch.endOpenCalls()
    expect(await watched.only()).toStrictEqual(READ_PARTLY)
    while (!(await iterator.next()).done);
    await watched.facts(1)
  })
})
