import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import {
  type CallFacts,
  chatStreamCall,
  failedCall,
  STREAMED_REQUEST,
  unfinished,
  watchCalls,
} from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatStream } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const OPEN_STREAM = chatStream(['Hel', 'lo'], { after: 'stall' })
const ABORTED = { kind: 'cancelled', errorType: 'APIUserAbortError' } as const

function abortedAfter(chunks: number): CallFacts {
  return unfinished(chatStreamCall({ chunks, outcome: ABORTED }))
}

describe.each(MAJORS)('with openai $major, an abort', ({ connect }) => {
  test("by the stream's own controller cancels the call", async () => {
    await using wire = await wireServer(OPEN_STREAM)
    using watched = watchCalls()
    const stream = await connect(wire).chat.completions.create(CHAT_STREAM)
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'lo') stream.controller.abort()
    expect(await watched.only()).toStrictEqual(abortedAfter(2))
    expect(await wire.requests[0]?.closed).toBe('early')
  })

  test("by the application's signal while the stream runs cancels the call", async () => {
    await using wire = await wireServer(OPEN_STREAM)
    using watched = watchCalls()
    const controller = new AbortController()
    const stream = await connect(wire).chat.completions.create(CHAT_STREAM, { signal: controller.signal })
    for await (const _ of stream) controller.abort()
    const { chunks, outcome } = await watched.only()
    expect(outcome).toStrictEqual(ABORTED)
    expect(chunks).toBe(watched.calls[0]?.timing.chunks)
  })

  test('before the call is a cancelled call that nobody answered', async () => {
    await using wire = await wireServer([])
    using watched = watchCalls()
    const aborted = connect(wire).chat.completions.create(CHAT_STREAM, { signal: AbortSignal.abort() })
    await expect(aborted).rejects.toThrow('aborted')
    expect(await watched.only()).toStrictEqual(
      failedCall({ request: STREAMED_REQUEST, attempts: expect.anything() as never, outcome: ABORTED }),
    )
    expect(wire.requests).toEqual([])
  })

  test('while the answer is awaited is a cancelled call without a status', async () => {
    await using wire = await wireServer({ silent: true, after: 'stall' })
    using watched = watchCalls()
    const controller = new AbortController()
    const aborted = connect(wire).chat.completions.create(CHAT, { signal: controller.signal })
    await wire.arrived(1)
    controller.abort()
    await expect(aborted).rejects.toThrow('aborted')
    expect(await watched.only()).toStrictEqual(
      failedCall({ attempts: [{ errorType: 'AbortError' }], outcome: ABORTED }),
    )
  })
})
