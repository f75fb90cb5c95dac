import type { Admission, Call, CallGate, CallStart, PendingRequest } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM, EMBEDDING, RESPONSE } from '../harmless/scenario.ts'
import { chatCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { meters } from '../support/metrics.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion, rateLimited } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

class TooDear extends Error {
  readonly code = 'budget_exceeded'
}

/** A gate that decides as it is told, and remembers what it was shown. */
class WatchfulGate implements CallGate {
  readonly asked: { readonly call: CallStart; readonly request: PendingRequest | undefined }[] = []
  readonly ended: Call[] = []
  readonly #decide: () => Promise<Error | undefined> | undefined

  constructor(decide: () => Promise<Error | undefined> | undefined) {
    this.#decide = decide
  }

  admit(call: CallStart, request: PendingRequest | undefined): Admission {
    this.asked.push({ call, request })
    const refusal = this.#decide()
    return { ...(refusal && { refusal }), ended: (finished) => void this.ended.push(finished) }
  }
}

const refusing = (error: Error): WatchfulGate => new WatchfulGate(async () => error)

/** Rejections that nobody handles, from now on. */
function unhandledRejections(): Disposable & { readonly reasons: readonly unknown[] } {
  const reasons: unknown[] = []
  const note = (reason: unknown): void => void reasons.push(reason)
  process.on('unhandledRejection', note)
  return { reasons, [Symbol.dispose]: () => process.off('unhandledRejection', note) }
}

describe.each(MAJORS)('with openai $major', ({ major, connect }) => {
  test('a call that is refused fails with the error of the gate, and nothing is sent', async () => {
    await using wire = await wireServer(chatCompletion())
    const error = new TooDear('too dear')
    const gate = refusing(error)
    const { provider, ended } = spans()
    const { provider: meterProvider, read } = meters()
    using rejections = unhandledRejections()
    using watched = watchCalls({ gate, tracerProvider: provider, meterProvider })

    // Others of this file count in the same series while they have no provider.
    const model = `asked-of-${major}`
    const asking = connect(wire, { maxRetries: 2 }).chat.completions.create({ ...CHAT, model })
    await expect(asking).rejects.toBe(error)

    const outcome = { kind: 'error', errorType: 'budget_exceeded' } as const
    const { outcome: recorded, attempts, picoUsd } = await watched.only()
    expect([recorded, attempts, picoUsd]).toEqual([outcome, [], undefined])
    expect(watched.calls[0]?.unpriced).toBeUndefined()
    expect(gate.ended).toEqual(watched.calls)
    expect(wire.requests).toEqual([])
    expect(ended().map(({ attributes }) => attributes['error.type'])).toEqual(['budget_exceeded'])
    expect(await read('ai.requests')).toMatchObject({ [`${model} chat_completion openai error`]: 1 })
    expect(await read('ai.errors')).toMatchObject({
      [`budget_exceeded ${model} chat_completion openai`]: 1,
    })
    expect(rejections.reasons).toEqual([])
  })

  test('every way of asking ends in the refusal, and none in a rejection that nobody handles', async () => {
    await using wire = await wireServer(chatCompletion())
    const error = new TooDear('too dear')
    using rejections = unhandledRejections()
    using watched = watchCalls({ gate: refusing(error) })
    const client = connect(wire)
    await expect(client.chat.completions.create(CHAT_STREAM)).rejects.toBe(error)
    await expect(client.chat.completions.create(CHAT).asResponse()).rejects.toBe(error)
    await expect(client.chat.completions.create(CHAT).withResponse()).rejects.toBe(error)
    await expect(client.responses.create(RESPONSE)).rejects.toBe(error)
    await expect(client.embeddings.create(EMBEDDING)).rejects.toBe(error)
    await expect(client.post('/chat/completions', { body: CHAT })).rejects.toBe(error)
    await watched.facts(6)
    expect(wire.requests).toEqual([])
    expect(rejections.reasons).toEqual([])
  })

  test('a refused call that nobody awaits is a rejection that nobody handles, as any error of the client', async () => {
    await using wire = await wireServer(chatCompletion())
    const error = new TooDear('too dear')
    using watched = watchCalls({ gate: refusing(error) })
    const rejected = new Promise((resolve) => process.once('unhandledRejection', resolve))
    void connect(wire).chat.completions.create(CHAT)
    expect(await rejected).toBe(error)
    await watched.only()
  })

  test('a call does not leave before it is admitted, and then goes on as any other', async () => {
    await using wire = await wireServer(chatCompletion())
    let admit: ((refusal: undefined) => void) | undefined
    const gate = new WatchfulGate(() => new Promise((resolve) => (admit = resolve)))
    using watched = watchCalls({ gate })
    const answer = connect(wire).chat.completions.create(CHAT)
    await new Promise((resolve) => setImmediate(resolve))
    expect([gate.asked.length, wire.requests.length]).toEqual([1, 0])
    admit?.(undefined)
    expect((await answer).choices[0]?.message.content).toBe('Hello, world')
    expect(await watched.only()).toEqual(chatCall())
    expect(gate.ended).toEqual(watched.calls)
  })

  test('retries belong to the call that was admitted', async () => {
    await using wire = await wireServer([rateLimited(), chatCompletion()])
    const gate = new WatchfulGate(() => Promise.resolve(undefined))
    using watched = watchCalls({ gate })
    await connect(wire, { maxRetries: 1 }).chat.completions.create(CHAT)
    expect((await watched.only()).attempts).toHaveLength(2)
    expect(gate.asked).toHaveLength(1)
  })

  test('a gate that is broken lets calls through', async () => {
    await using wire = await wireServer(chatCompletion())
    const gates: CallGate[] = [
      new WatchfulGate(() => Promise.reject(new Error('broken'))),
      {
        admit: () => {
          throw new Error('broken')
        },
      },
    ]
    for (const gate of gates) {
      using watched = watchCalls({ gate })
      await connect(wire).chat.completions.create(CHAT)
      expect((await watched.only()).outcome).toEqual({ kind: 'success' })
    }
  })
})

test('a gate is shown the call with its attribution, the body, the signal and the most that it can cost', async () => {
  const [newest] = MAJORS.slice(-1)
  await using wire = await wireServer(chatCompletion())
  const gate = new WatchfulGate(() => undefined)
  using watched = watchCalls({ gate })
  const { signal } = new AbortController()
  await newest?.connect(wire).chat.completions.create({ ...CHAT, max_completion_tokens: 1000 }, { signal })
  await watched.only()
  const [{ call, request } = {}] = gate.asked
  expect(call).toMatchObject({ operation: 'chat_completion', provider: 'openai', request: { model: 'gpt-4o-mini' } })
  expect(request?.body).toEqual({ ...CHAT, max_completion_tokens: 1000 })
  expect(request?.signal).toBe(signal)
  // 1000 output tokens at 0.6 USD a million, and no more input than its bytes.
  expect(Number(request?.upperBound())).toBeGreaterThan(0.0006)
  expect(Number(request?.upperBound())).toBeLessThan(0.0007)
})
