import { describe, expect, test } from 'vitest'
import { RESPONSE, RESPONSE_STREAM } from '../harmless/scenario.ts'
import { responseCall, STREAMED_REQUEST, unfinished, watchCalls, withoutUsage } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll, readAndBreak } from '../support/streams.ts'
import { response, responseStream, sse } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const UNFINISHED = { id: 'resp_1', model: 'gpt-4o-mini-2024-07-18', finishReasons: ['error'] }

describe.each(MAJORS)('a Responses call with openai $major', ({ major, connect }) => {
  test('is one call with everything the provider said', async () => {
    await using wire = await wireServer(response())
    using watched = watchCalls()
    await connect(wire).responses.create(RESPONSE)
    expect(await watched.only()).toStrictEqual(responseCall())
  })

  test('is the same call when it is streamed, with its events counted as chunks', async () => {
    await using wire = await wireServer(responseStream(['Hello', ', world']))
    using watched = watchCalls()
    expect(await readAll(await connect(wire).responses.create(RESPONSE_STREAM))).toBe(10)
    expect(await watched.only()).toStrictEqual(responseCall({ request: STREAMED_REQUEST, chunks: 10 }))
  })

  test('that makes its conversation shorter says so', async () => {
    await using wire = await wireServer(
      response({ output: [{ id: 'cmp_1', type: 'compaction', encrypted_content: 'e' }] }),
    )
    using watched = watchCalls()
    await connect(wire).responses.create(RESPONSE)
    expect((await watched.only()).response).toMatchObject({ compacted: true, finishReasons: ['stop'] })
  })

  test('that the application leaves after two events keeps what the first one said', async () => {
    await using wire = await wireServer(responseStream(['Hello', ', world'], { after: 'stall' }))
    using watched = watchCalls()
    await readAndBreak(await connect(wire).responses.create(RESPONSE_STREAM), 2)
    const left = { request: STREAMED_REQUEST, response: UNFINISHED, chunks: 2, outcome: { kind: 'cancelled' } } as const
    expect(await watched.only()).toStrictEqual(withoutUsage(responseCall(left)))
  })

  test('that fails is an error by its code, with the usage that is billed all the same', async () => {
    const failed = { status: 'failed', error: { code: 'server_error', message: 'No' }, output: [] }
    await using wire = await wireServer(response(failed))
    using watched = watchCalls()
    await connect(wire).responses.create(RESPONSE)
    const outcome = { kind: 'error', errorType: 'server_error' } as const
    expect(await watched.only()).toStrictEqual(unfinished(responseCall({ outcome })))
  })

  test('that fails in its stream is an error by its code', async () => {
    const failed = { status: 'failed', error: { code: 'server_error', message: 'No' }, model: 'gpt-4o-mini' }
    await using wire = await wireServer(
      responseStream([], { ending: [sse({ type: 'response.failed', response: failed }, 'response.failed')] }),
    )
    using watched = watchCalls()
    await readAll(await connect(wire).responses.create(RESPONSE_STREAM))
    expect((await watched.only()).outcome).toStrictEqual({ kind: 'error', errorType: 'server_error' })
  })

  test.each([
    // v4 throws an error that does not have the code any more.
    [
      'by its code',
      { code: 'rate_limit_exceeded', message: 'Slow down' },
      major === 4 ? 'stream_error' : 'rate_limit_exceeded',
    ],
    ['as stream_error without one', { code: null, message: 'No' }, 'stream_error'],
  ])('whose stream brings an error event is an error %s', async (_, error, errorType) => {
    await using wire = await wireServer(
      responseStream(['Hello'], { ending: [sse({ type: 'error', param: null, ...error }, 'error')] }),
    )
    using watched = watchCalls()
    await readAll(await connect(wire).responses.create(RESPONSE_STREAM)).catch(() => {})
    const { outcome, response: known } = await watched.only()
    expect(outcome).toStrictEqual({ kind: 'error', errorType })
    expect(known).toStrictEqual(UNFINISHED)
  })
})
