import { describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { chatCall, failedCall, served, watchCalls, withoutUsage } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { type Step, wireServer } from '../support/wire-server.ts'

const ABANDONED = { kind: 'abandoned' } as const

const SILENT: Step = { silent: true, after: 'stall' }
const HALF_A_BODY: Step = { ...chatCompletion(), json: undefined, body: '{"id":', after: 'stall' }

describe.each(MAJORS)('with openai $major, a call that is still open at shutdown is abandoned', ({ connect }) => {
  test('while it waits for the headers', async () => {
    await using wire = await wireServer(SILENT)
    using watched = watchCalls()
    const abort = new AbortController()
    const answer = connect(wire).chat.completions.create(CHAT, { signal: abort.signal })
    await wire.arrived(1)
    watched.watch.endOpenCalls()
    expect(await watched.only()).toStrictEqual(failedCall({ attempts: [{}], outcome: ABANDONED }))
    abort.abort()
    await expect(answer).rejects.toThrow('aborted')
    await watched.facts(1)
  })

  test('while it waits for the body', async () => {
    await using wire = await wireServer(HALF_A_BODY)
    using watched = watchCalls()
    const abort = new AbortController()
    const promise = connect(wire).chat.completions.create(CHAT, { signal: abort.signal })
    const answer = promise.withResponse()
    await promise.asResponse()
    watched.watch.endOpenCalls()
    const call = withoutUsage(chatCall({ response: {}, attempts: [served()], outcome: ABANDONED }))
    expect(await watched.only()).toStrictEqual(call)
    abort.abort()
    await expect(answer).rejects.toThrow('abort')
    await watched.facts(1)
  })
})
