import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { audioDelta, errorEvent, responseCreated, responseDone, sessionCreated } from '../support/socket-events.ts'
import { type ServerSession, socketServer } from '../support/socket-server.ts'
import { PlainWebSocket } from '../support/plain-web-socket.ts'
import { REALTIME_CLASSES } from '../support/sockets.ts'

beforeAll(() => void vi.stubGlobal('WebSocket', PlainWebSocket))
afterAll(() => void vi.unstubAllGlobals())

/** Has one response on its way. */
async function speak(session: ServerSession): Promise<void> {
  session.send(sessionCreated())
  await session.next('response.create')
  session.send(responseCreated(), audioDelta())
}

describe.each(REALTIME_CLASSES)('with $name', ({ open }) => {
  function ask(...[wire]: Parameters<typeof open>): ReturnType<typeof open> {
    const rt = open(wire)
    rt.on('session.created', () => rt.send({ type: 'response.create' }))
    rt.on('error', () => {})
    return rt
  }

  const unfinished = { response: { id: 'resp_1', finishReasons: ['error'] }, chunks: 1, unpriced: 'no_usage' }

  test('a response that is on its way when the application closes is cancelled', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(speak)
    const rt = ask(wire)
    rt.on('response.output_audio.delta', () => rt.close())
    expect(await watched.only()).toMatchObject({ ...unfinished, outcome: { kind: 'cancelled' } })
  })

  test('a response that is on its way when the connection is lost has failed', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      await speak(session)
      session.drop()
    })
    ask(wire)
    expect(await watched.only()).toMatchObject({
      ...unfinished,
      outcome: { kind: 'error', errorType: 'connection_closed' },
    })
  })

  test('a request that nobody answers is cancelled with the session, one that was never sent has failed', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      session.send(sessionCreated())
      await session.next('response.create')
      session.close()
    })
    const rt = ask(wire)
    await watched.facts(1)
    rt.send({ type: 'response.create' })
    const calls = await watched.facts(2)
    expect(calls.map(({ outcome }) => outcome)).toEqual([
      { kind: 'cancelled' },
      { kind: 'error', errorType: 'not_sent' },
    ])
  })

  test('what was sent before a parameter that cannot be sent goes on', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      session.send(sessionCreated())
      await session.next('response.create')
      await session.next('input_audio_buffer.clear')
      session.send(responseCreated(), responseDone())
    })
    const rt = ask(wire)
    rt.on('session.created', () => {
      const unsendable = { type: 'session.update', session: 1n }
      rt.send(unsendable as never)
      rt.send({ type: 'input_audio_buffer.clear' })
    })
    expect(await watched.only()).toMatchObject({ outcome: { kind: 'success' } })
  })

  test('an error event, or a message that is no JSON, does not make a clean end a failure', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      await speak(session)
      session.sendRaw('{no json')
      session.send(errorEvent(), audioDelta())
      session.close()
    })
    ask(wire)
    expect(await watched.only()).toMatchObject({ ...unfinished, chunks: 2, outcome: { kind: 'cancelled' } })
  })

  test('responses that are on their way at shutdown are abandoned, once', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(speak)
    const rt = ask(wire)
    await rt.emitted('response.output_audio.delta')
    watched.watch.endOpenCalls()
    rt.close()
    expect(await watched.only()).toMatchObject({ ...unfinished, outcome: { kind: 'abandoned' } })
  })
})
