import { describe, expect, test } from 'vitest'
import { ownerOf } from '../../src/seam/patch.ts'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import { chatCall, chatStreamCall, watchCalls } from '../support/calls.ts'
import { type ClientMajor, MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { chatCompletion, chatStream } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

type Method = (...args: unknown[]) => unknown

/** Another vendor's patch: counts calls, and comes off as it went on, without looking. */
class Patch {
  readonly #owner: Record<string, Method>
  readonly #name: string
  readonly #original: Method
  count = 0

  constructor(owner: object, name: string) {
    const methods = owner as Record<string, Method>
    const original = methods[name] as Method
    const count = (): void => void this.count++
    this.#owner = methods
    this.#name = name
    this.#original = original
    methods[name] = function (this: unknown, ...args) {
      count()
      return Reflect.apply(original, this, args)
    }
  }

  remove(): void {
    this.#owner[this.#name] = this.#original
  }
}

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
    const patch = new Patch(completions, 'create')
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
    ])('%s: everything is as it was, and watched again when we come again', async (_, first, last) => {
      await using wire = await wireServer([chatCompletion(), chatCompletion(), chatCompletion()])
      const owner = ownerOfRequests(client)
      const before = Object.getOwnPropertyDescriptors(owner)
      const watched = watchCalls()
      watched.watch.stop()
      const asked = connect(wire)
      watched.watch.stop()
      expect(Object.getOwnPropertyDescriptors(owner)).toEqual(before)
      let patch: Patch | undefined
      const begin = { ours: () => watched.watch.start(), theirs: () => void (patch = new Patch(owner, name)) }
      const end = { ours: () => watched.watch.stop(), theirs: () => patch?.remove() }
      begin[first as 'ours']()
      begin[last as 'ours']()
      await asked.chat.completions.create(CHAT)
      end[last as 'ours']()
      end[first as 'ours']()
      expect(Object.getOwnPropertyDescriptors(owner)).toEqual(before)
      await asked.chat.completions.create(CHAT)
      watched.watch.start()
      await asked.chat.completions.create(CHAT)
      watched.watch.stop()
      expect(patch?.count).toBe(1)
      expect((await watched.facts(2))[1]).toStrictEqual(
        chatCall({ attempts: [{ ...chatCall().attempts[0], requestId: 'req_3' }] }),
      )
    })

    test('after us, and still there when we have left: we do nothing any more, and one call is one call when we come again', async () => {
      await using wire = await wireServer([chatCompletion(), chatCompletion(), chatCompletion()])
      const owner = ownerOfRequests(client)
      const watched = watchCalls()
      const asked = connect(wire)
      const patch = new Patch(owner, name)
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

    test('before us, and taken away below us: we leave without a trace', async () => {
      await using wire = await wireServer([chatCompletion(), chatCompletion()])
      const owner = ownerOfRequests(client)
      const original = Object.getOwnPropertyDescriptor(owner, name)?.value as unknown
      const patch = new Patch(owner, name)
      const watched = watchCalls()
      const asked = connect(wire)
      patch.remove()
      await asked.chat.completions.create(CHAT)
      watched.watch.stop()
      expect(Object.getOwnPropertyDescriptor(owner, name)?.value).toBe(original)
      await asked.chat.completions.create(CHAT)
    })
  })
})
