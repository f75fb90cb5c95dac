import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createWatch } from '../../src/watch.ts'
import { CHAT } from '../harmless/scenario.ts'
import { chatCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

describe.each(MAJORS)('with openai $major', ({ connect, openai }) => {
  test('the first of two watches records, and the second takes over when it stops', async () => {
    await using wire = await wireServer(chatCompletion())
    using first = watchCalls()
    using second = watchCalls()
    first.watch.stop()
    await connect(wire).chat.completions.create(CHAT)
    expect(await second.only()).toStrictEqual(chatCall())
    expect(first.calls).toEqual([])
  })

  test('two watches count one call once', async () => {
    await using wire = await wireServer(chatCompletion())
    using first = watchCalls()
    using second = watchCalls()
    await connect(wire).chat.completions.create(CHAT)
    expect(await first.only()).toStrictEqual(chatCall())
    expect(second.calls).toEqual([])
  })

  test('a watch that is started twice stops at once', async () => {
    await using wire = await wireServer(chatCompletion())
    const calls: unknown[] = []
    const watch = createWatch({ onCall: (call) => calls.push(call) })
    watch.start()
    watch.start()
    connect(wire)
    watch.stop()
    await new openai.OpenAI({ apiKey: 'sk-test', baseURL: wire.url }).chat.completions.create(CHAT)
    expect(calls).toEqual([])
  })
})

describe.each(MAJORS)(
  'with openai $major, a call that is on its way when the last watch stops',
  ({ major, connect }) => {
    test(major < 7 ? 'is recorded as it ends' : 'is abandoned: nobody listens any more when v7 parses', async () => {
      await using wire = await wireServer(chatCompletion())
      const watched = watchCalls()
      const promise = connect(wire).chat.completions.create(CHAT)
      await wire.arrived(1)
      watched.watch.stop()
      await promise
      await nextTurn()
      watched.watch.endOpenCalls()
      const { outcome } = await watched.only()
      expect(outcome).toStrictEqual({ kind: major < 7 ? 'success' : 'abandoned' })
    })
  },
)
