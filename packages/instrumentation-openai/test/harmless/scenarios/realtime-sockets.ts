import { once } from 'node:events'
import type { OpenAIRealtimeWS } from 'openai/realtime/ws'
import { PlainWebSocket } from '../../support/plain-web-socket.ts'
import {
  audioDelta,
  errorEvent,
  rateLimitsUpdated,
  responseCreated,
  responseDone,
  sessionCreated,
} from '../../support/socket-events.ts'
import { type SessionScript, withoutTls } from '../../support/socket-server.ts'
import { wireError } from '../../support/wire-answers.ts'
import type { App, Scenario } from '../scenario.ts'

type RealtimeClass = new (props: object, client: App['client']) => OpenAIRealtimeWS

/** A socket of the package `ws`. */
async function open(app: App, client: App['client'] = app.client): Promise<OpenAIRealtimeWS> {
  const { OpenAIRealtimeWS } = await app.load(app.major === 4 ? 'beta/realtime/ws' : 'realtime/ws')
  const options = withoutTls({ port: Number(new URL(app.url).port) })
  return new (OpenAIRealtimeWS as RealtimeClass)({ model: 'gpt-realtime', options }, client)
}

/** Prints whatever the application can hear. */
function printAll(app: App, rt: OpenAIRealtimeWS): void {
  rt.on('event', (event) => app.print('event', event))
  rt.on('error', (error) => app.print('error', error))
  rt.on('response.done', (event) => app.print('response.done', event))
}

/** Resolves with the code and the reason of the end. */
async function ended(app: App, { socket }: OpenAIRealtimeWS): Promise<void> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
  app.print('close', [code, String(reason)])
}

/** Greets, and answers one `response.create`. */
const answer: SessionScript = async (session) => {
  session.send(sessionCreated())
  await session.next('response.create')
  session.send(responseCreated(), rateLimitsUpdated(), audioDelta(), audioDelta(), responseDone())
  await session.next('input_audio_buffer.clear')
  session.close()
}

const ANSWERED = 'realtime success - 132/121'

/** What is thrown in a listener nobody catches, and the socket is never read again: not even its end is heard. */
async function uncaught(app: App, { socket }: OpenAIRealtimeWS): Promise<void> {
  const [error] = (await once(process, 'uncaughtException')) as [Error]
  app.print('uncaught', error)
  socket.terminate()
}

/** Sessions of the Realtime API. */
export const realtimeSockets: readonly Scenario[] = [
  {
    name: 'realtime: a response',
    script: [],
    socket: answer,
    calls: [ANSWERED],
    run: async (app) => {
      const rt = await open(app)
      printAll(app, rt)
      app.print('keys', [Object.keys(rt), Object.keys(Object.getPrototypeOf(rt) as object)])
      rt.on('session.created', () => app.print('sent', rt.send({ type: 'response.create' })))
      rt.on('response.done', () => rt.send({ type: 'input_audio_buffer.clear' }))
      await ended(app, rt)
      app.print('state', rt.socket.readyState)
    },
  },
  {
    name: 'realtime: emitted, once and off',
    script: [],
    socket: answer,
    calls: [ANSWERED],
    run: async (app) => {
      const rt = await open(app)
      const never = (): void => app.print('never', 0)
      rt.on('event', never)
      rt.off('event', never)
      rt.once('event', (event) => app.print('once', event))
      app.print('created', await rt.emitted('session.created'))
      rt.send({ type: 'response.create' })
      app.print('done', await rt.emitted('response.done'))
      rt.on('event', (event) => app.print('late', event))
      rt.send({ type: 'input_audio_buffer.clear' })
      await ended(app, rt)
    },
  },
  {
    name: 'realtime: a listener that throws',
    script: [],
    socket: answer,
    calls: ['realtime abandoned - -'],
    run: async (app) => {
      const rt = await open(app)
      rt.on('error', (error) => app.print('error', error))
      rt.on('response.created', () => {
        throw new TypeError('the application fails')
      })
      rt.on('session.created', () => rt.send({ type: 'response.create' }))
      rt.on('response.done', () => rt.send({ type: 'input_audio_buffer.clear' }))
      await uncaught(app, rt)
    },
  },
  {
    name: 'realtime: close in a listener',
    script: [],
    socket: async (session) => {
      session.send(sessionCreated(), responseCreated(), audioDelta())
      await session.closed
    },
    calls: ['realtime cancelled - -'],
    run: async (app) => {
      const rt = await open(app)
      printAll(app, rt)
      rt.on('response.output_audio.delta', () => rt.close({ code: 4000, reason: 'enough' }))
      await ended(app, rt)
    },
  },
  {
    name: 'realtime: error events, heard',
    script: [],
    socket: (session) => {
      session.send(sessionCreated(), errorEvent(), errorEvent({ message: null }), { type: 'error' })
      session.close()
    },
    calls: [],
    run: async (app) => {
      const rt = await open(app)
      printAll(app, rt)
      await ended(app, rt)
    },
  },
  {
    name: 'realtime: error events that nobody hears are unhandled rejections',
    script: [],
    socket: (session) => {
      session.send(sessionCreated(), errorEvent())
      session.close()
    },
    calls: [],
    run: async (app) => ended(app, await open(app)),
  },
  {
    name: 'realtime: messages that are no events',
    script: [],
    socket: (session) => {
      for (const text of ['{no json', 'null', '7', '[]', '{}', '{"type":7}', '{"type":"close"}', '{"type":"event"}'])
        session.sendRaw(text)
      session.sendRaw(new Uint8Array([123, 125]))
      session.send({ type: 'response.done' }, { type: 'response.created', response: 7 })
      session.close()
    },
    run: async (app) => {
      const rt = await open(app)
      printAll(app, rt)
      await ended(app, rt)
    },
  },
  {
    name: 'realtime: events that cannot be sent',
    script: [],
    socket: async (session) => {
      session.send(sessionCreated())
      await session.next('input_audio_buffer.clear')
      session.close()
    },
    calls: ['realtime error - -', 'realtime error - -'],
    run: async (app) => {
      const rt = await open(app)
      printAll(app, rt)
      await app.attempt('early', () => rt.send({ type: 'response.create' }))
      await rt.emitted('session.created')
      await app.attempt('odd', () => rt.send({ type: 'session.update', session: 1n } as never))
      await app.attempt('none', () => rt.send(undefined as never))
      rt.send({ type: 'input_audio_buffer.clear' })
      await ended(app, rt)
      await app.attempt('late', () => rt.send({ type: 'response.create' }))
      await app.attempt('closed again', () => rt.close())
    },
  },
  {
    name: 'realtime: a connection that is lost',
    script: [],
    socket: (session) => {
      session.send(sessionCreated(), responseCreated(), audioDelta())
      setImmediate(() => session.drop())
    },
    calls: ['realtime error - -'],
    run: async (app) => {
      const rt = await open(app)
      printAll(app, rt)
      await ended(app, rt)
    },
  },
  {
    name: 'realtime: a server that is no WebSocket',
    script: wireError(401),
    calls: [],
    run: async (app) => {
      const rt = await open(app)
      printAll(app, rt)
      await ended(app, rt)
    },
  },
  {
    name: 'realtime: a connection that is reset',
    script: { silent: true, after: 'reset' },
    calls: [],
    run: async (app) => {
      const rt = await open(app)
      printAll(app, rt)
      await ended(app, rt)
    },
  },
  {
    name: "realtime: the platform's socket",
    script: [],
    socket: answer,
    calls: [ANSWERED],
    run: async (app) => {
      const { WebSocket } = globalThis
      globalThis.WebSocket = PlainWebSocket
      try {
        const { OpenAIRealtimeWebSocket } = await app.load(
          app.major === 4 ? 'beta/realtime/websocket' : 'realtime/websocket',
        )
        const rt = new (OpenAIRealtimeWebSocket as RealtimeClass)({ model: 'gpt-realtime' }, app.client)
        printAll(app, rt)
        await app.attempt('early', () => rt.send({ type: 'input_audio_buffer.commit' }))
        rt.on('session.created', () => rt.send({ type: 'response.create' }))
        rt.on('response.done', () => rt.send({ type: 'input_audio_buffer.clear' }))
        const [close] = (await once(rt.socket as never, 'close')) as [{ readonly code: number }]
        app.print('close', close.code)
      } finally {
        globalThis.WebSocket = WebSocket
      }
    },
  },
]
