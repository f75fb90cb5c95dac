import { describe, expect, test } from 'vitest'
import { ownerOf } from '../../src/seam/patch.ts'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import { chatCall, chatStreamCall, served, watchCalls } from '../support/calls.ts'
import { ForeignPatch } from '../support/foreign-patch.ts'
import { type ClientMajor, MAJORS } from '../support/majors.ts'
import { changedMembers, membersOf } from '../support/members.ts'
import { readAll } from '../support/streams.ts'
import { chatCompletion, chatStream } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

/** The prototype with the request path, which we patch, too. */
function ownerOfRequests({ openai }: ClientMajor): object {
  return ownerOf(openai.OpenAI.prototype, 'makeRequest') as object
}

describe.each(MAJORS)('with openai $major, whose methods others have patched, too,', (client) => {
  const { openai, connect } = client
  const completions = openai.OpenAI.Chat.Completions.prototype

  test('a call is one call below a wrapped `create`', async () => {
    await using wire = await wireServer([chatCompletion(), chatStream(['Hello', ', world'])])
    using watched = watchCalls()
    const patch = new ForeignPatch(completions, 'create')
    const asked = connect(wire)
    expect((await asked.chat.completions.create(CHAT).withResponse()).response.status).toBe(200)
    await readAll(await asked.chat.completions.create(CHAT_STREAM))
    patch.remove()
    expect(patch.count).toBe(2)
    const [first, second] = await watched.facts(2)
    expect(first).toStrictEqual(chatCall())
    expect(second).toMatchObject({ outcome: chatStreamCall().outcome, request: chatStreamCall().request })
  })

  test('a call is one call above a wrapped `fetch`', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    let fetched = 0
    const wrapped: typeof fetch = async (...all) => {
      fetched++
      const response = await fetch(...all)
      return response
    }
    await connect(wire, { fetch: wrapped as never }).chat.completions.create(CHAT)
    expect(fetched).toBe(1)
    expect(await watched.only()).toStrictEqual(chatCall())
  })

  describe.each(['makeRequest', 'fetchWithTimeout', 'request'])('%s', (name) => {
    test.each([
      ['before us, and released after us', 'theirs', 'ours'],
      ['after us, and released before us', 'ours', 'theirs'],
    ] as const)('%s: everything is as it was, and watched again when we come again', async (_, first, last) => {
      await using wire = await wireServer(Array.from({ length: 3 }, () => chatCompletion()))
      using watched = watchCalls()
      const asked = connect(wire)
      watched.watch.stop()
      const owner = ownerOfRequests(client)
      const before = membersOf(owner)
      let patch: ForeignPatch | undefined
      const begin = { ours: () => watched.watch.start(), theirs: () => void (patch = new ForeignPatch(owner, name)) }
      const end = { ours: () => watched.watch.stop(), theirs: () => patch?.remove() }
      begin[first]()
      begin[last]()
      await asked.chat.completions.create(CHAT)
      end[last]()
      end[first]()
      expect(changedMembers(before, membersOf(owner))).toEqual([])
      await asked.chat.completions.create(CHAT)
      watched.watch.start()
      await asked.chat.completions.create(CHAT)
      expect(patch?.count).toBe(1)
      const [, again] = await watched.facts(2)
      expect(again).toStrictEqual(chatCall({ attempts: [served(3)] }))
    })

    test('after us, and still there when we have left: we do nothing any more, and one call is one call when we come again', async () => {
      await using wire = await wireServer(Array.from({ length: 3 }, () => chatCompletion()))
      using watched = watchCalls()
      const asked = connect(wire)
      const patch = new ForeignPatch(ownerOfRequests(client), name)
      watched.watch.stop()
      await asked.chat.completions.create(CHAT)
      expect(watched.calls).toHaveLength(0)
      watched.watch.start()
      await asked.chat.completions.create(CHAT)
      expect(await watched.facts(1)).toHaveLength(1)
      watched.watch.stop()
      patch.remove()
      await asked.chat.completions.create(CHAT)
      expect(await watched.facts(1)).toHaveLength(1)
      expect(patch.count).toBe(2)
    })

    test('before us, and taken away below us: our leaving brings nothing of theirs back', async () => {
      await using wire = await wireServer([chatCompletion(), chatCompletion()])
      const owner = ownerOfRequests(client)
      using watched = watchCalls()
      const asked = connect(wire)
      watched.watch.stop()
      const before = membersOf(owner)
      const patch = new ForeignPatch(owner, name)
      watched.watch.start()
      patch.remove()
      await asked.chat.completions.create(CHAT)
      watched.watch.stop()
      expect(changedMembers(before, membersOf(owner))).toEqual([])
      await asked.chat.completions.create(CHAT)
      expect(patch.count).toBe(0)
    })
  })
})
