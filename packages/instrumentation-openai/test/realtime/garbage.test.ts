import { expect, test } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { collectGarbageUntil } from '../support/garbage.ts'
import { responseCreated, responseDone, sessionCreated } from '../support/socket-events.ts'
import { socketServer, type SocketEvent } from '../support/socket-server.ts'
import { REALTIME_CLASSES, RESPONSES_CLASSES } from '../support/sockets.ts'
import { response } from '../support/wire-answers.ts'

const SESSIONS = 50

/** Counts the objects it was shown that have been collected. */
class Collected {
  count = 0
  readonly #registry = new FinalizationRegistry<undefined>(() => (this.count += 1))

  notice(...objects: readonly object[]): void {
    for (const object of objects) this.#registry.register(object, undefined)
  }
}

// When the platform lets go of its own sockets is up to it.
test.each(REALTIME_CLASSES.filter(({ name }) => name.endsWith('/ws')))(
  'with $name, nothing is kept of sessions that have ended',
  async ({ open }) => {
    using watched = watchCalls()
    await using wire = await socketServer((session) => {
      session.send(sessionCreated(), responseCreated(), responseDone(), responseCreated('resp_2'))
      session.close()
    })
    const collected = new Collected()
    const run = (): void => {
      const rt = open(wire)
      rt.on('error', () => {})
      collected.notice(rt, rt.socket)
    }
    for (let session = 0; session < SESSIONS; session++) run()
    await watched.facts(2 * SESSIONS)
    await collectGarbageUntil(() => collected.count === 2 * SESSIONS)
    watched.watch.endOpenCalls()
    expect(watched.calls).toHaveLength(2 * SESSIONS)
  },
)

test.each(RESPONSES_CLASSES)('with $name, nothing is kept of sockets and clients that are done', async (major) => {
  using watched = watchCalls()
  await using wire = await socketServer(async (session) => {
    await session.next('response.create')
    session.send({ type: 'response.completed', response: response().json as SocketEvent })
    session.close()
  })
  const collected = new Collected()
  const run = (): void => {
    const client = major.openai.connect(wire)
    const socket = major.open(wire, undefined, client)
    socket.on('error', () => {})
    socket.send({ type: 'response.create', model: 'gpt-4o-mini', input: 'Hi' })
    collected.notice(client, socket)
  }
  for (let session = 0; session < SESSIONS; session++) run()
  await watched.facts(SESSIONS)
  await collectGarbageUntil(() => collected.count === 2 * SESSIONS)
})
