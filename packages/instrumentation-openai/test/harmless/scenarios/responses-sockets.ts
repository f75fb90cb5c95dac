import type { ResponsesWS } from 'openai/resources/responses/ws'
import { type SessionScript, type SocketEvent } from '../../support/socket-server.ts'
import { response } from '../../support/wire-answers.ts'
import type { App, Scenario } from '../scenario.ts'

type ResponsesClass = new (client: App['client'], options?: object) => ResponsesWS

async function open(app: App, options?: object): Promise<ResponsesWS> {
  const { ResponsesWS } = await app.load('resources/responses/ws')
  return new (ResponsesWS as ResponsesClass)(app.client, options)
}

const BODY = response().json as SocketEvent
const CREATE = { type: 'response.create', model: 'gpt-4o-mini', input: 'Hi' } as const
const EVENTS: readonly SocketEvent[] = [
  { type: 'response.created', response: { ...BODY, status: 'in_progress', usage: null } },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hello' },
  { type: 'response.completed', response: BODY },
]

/** Answers each `response.create` once, and ends after `count` of them. */
function answers(count: number): SessionScript {
  return async (session) => {
    for (let left = count; left > 0; left--) {
      await session.next('response.create')
      session.send(...EVENTS)
    }
    await session.next('response.cancel')
    session.close()
  }
}

const SUCCESS = 'response success - 328/87'

async function readAll(app: App, socket: ResponsesWS): Promise<void> {
  for await (const event of socket) {
    app.print('event', event)
    if (event.type === 'message' && event.message.type === 'response.completed')
      socket.send({ type: 'response.cancel' } as never)
  }
}

/** The Responses API over a WebSocket. */
export const responsesSockets: readonly Scenario[] = [
  {
    name: 'Responses by WebSocket: a loop over events',
    since: 6,
    script: [],
    socket: answers(1),
    calls: [SUCCESS],
    run: async (app) => {
      const socket = await open(app)
      app.print('sent', socket.send(CREATE))
      app.print('keys', Object.keys(socket))
      await readAll(app, socket)
    },
  },
  {
    name: 'Responses by WebSocket: bytes, errors and what is no event',
    since: 6,
    script: [],
    socket: async (session) => {
      await session.next('response.create')
      session.sendRaw(new Uint8Array([1, 2, 3]))
      for (const text of ['{no json', '{"type":7}']) session.sendRaw(text)
      session.send(...EVENTS, { type: 'error', status: 400, error: { code: 'no', message: 'No.' } })
      session.close()
    },
    calls: [SUCCESS, 'response error - -'],
    run: async (app) => {
      const socket = await open(app)
      const closed = new Promise((resolve) => socket.on('close', resolve))
      socket.on('raw', (data) => app.print('raw', String(data)))
      socket.on('event', (event) => app.print('event', event))
      socket.on('error', (error) => app.print('error', error))
      socket.sendRaw(JSON.stringify(CREATE))
      app.print('close', await closed)
      await app.attempt('late', () => socket.send(CREATE))
    },
  },
  {
    name: 'Responses by WebSocket: an error that nobody hears is an unhandled rejection',
    since: 6,
    script: [],
    socket: async (session) => {
      await session.next('response.create')
      session.send({ type: 'error', status: 400, error: { code: 'no', message: 'No.' } })
      session.close()
    },
    calls: ['response error - -'],
    run: async (app) => {
      const socket = await open(app)
      socket.send(CREATE)
      app.print('close', await new Promise((resolve) => socket.on('close', resolve)))
    },
  },
  {
    name: 'Responses by WebSocket: a reconnect',
    since: 6,
    script: [],
    socket: async (session, count) => {
      await session.next('response.create')
      if (count === 1) return session.drop()
      session.send(...EVENTS)
      await session.next('response.cancel')
      session.close()
    },
    calls: ['response error - -', SUCCESS],
    run: async (app) => {
      const reconnect = { initialDelay: 1, maxDelay: 1, onReconnecting: () => ({}) }
      const socket = await open(app, { reconnect })
      socket.on('reconnecting', ({ attempt }) => app.print('reconnecting', attempt))
      socket.on('reconnected', () => socket.send(CREATE))
      socket.send(CREATE)
      await readAll(app, socket)
    },
  },
]
