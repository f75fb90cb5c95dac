import { expect, test } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { responseCreated, responseDone, sessionCreated } from '../support/socket-events.ts'
import { socketServer } from '../support/socket-server.ts'
import { REALTIME_CLASSES } from '../support/sockets.ts'

const realtime = REALTIME_CLASSES.filter(({ name }) => name === 'openai 7 realtime/ws')

test.each(realtime)('with $name, responses before and after a reconnect are calls of their own', async ({ open }) => {
  using watched = watchCalls()
  await using wire = await socketServer(async (session, count) => {
    session.send(sessionCreated())
    await session.next('response.create')
    session.send(responseCreated(`resp_${count}`))
    if (count === 1) session.drop()
    else session.send(responseDone({ id: `resp_${count}` }))
  })
  const rt = open(wire, undefined, { reconnect: true, reconnectInitialDelay: 1, reconnectMaxDelay: 1 })
  rt.on('error', () => {})
  rt.once('session.created', () => rt.send({ type: 'response.create' }))
  rt.on('reconnected', () => rt.send({ type: 'response.create' }))
  const calls = await watched.facts(2)
  rt.close()
  expect(calls.map(({ response, outcome }) => [response?.id, outcome])).toEqual([
    ['resp_1', { kind: 'error', errorType: 'connection_closed' }],
    ['resp_2', { kind: 'success' }],
  ])
})

test.each(realtime)(
  'with $name, a request that the client keeps back is sent later, or has failed',
  async ({ open }) => {
    using watched = watchCalls()
    await using wire = await socketServer((session, count) => {
      session.send(sessionCreated())
      if (count === 1) session.drop()
    })
    const options = { reconnect: true, reconnectInitialDelay: 1, reconnectMaxDelay: 1, maxQueueBytes: 1000 }
    const rt = open(wire, undefined, options)
    rt.on('error', () => {})
    await rt.emitted('reconnecting')
    rt.send({ type: 'response.create' })
    await rt.emitted('reconnected')
    expect(watched.calls).toEqual([])
    rt.close()
    expect((await watched.only()).outcome).toEqual({ kind: 'cancelled' })
  },
)
