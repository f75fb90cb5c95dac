import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

/** An event of either direction. */
export type SocketEvent = Readonly<Record<string, unknown>>

/** The server's end of one connection. */
export interface ServerSession {
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** What the client has sent, in order. */
  readonly received: readonly SocketEvent[]
  send(...events: readonly SocketEvent[]): void
  /** Sends a frame as it is: text, or bytes. */
  sendRaw(frame: string | Uint8Array): void
  /** The next event of the client, of this type if one is given. */
  next(type?: string): Promise<SocketEvent>
  close(code?: number): void
  /** Ends the connection without a word. */
  drop(): void
  readonly closed: Promise<number>
}

/** What the server does with a connection, counted from 1. */
export type SessionScript = (session: ServerSession, count: number) => unknown

/** A WebSocket server on 127.0.0.1 that does with each connection what its script says. */
export interface SocketServer extends AsyncDisposable {
  /** Base URL for a client. */
  readonly url: string
  readonly port: number
  /** In order of arrival. */
  readonly sessions: readonly ServerSession[]
}

/** Starts a server for one test: `await using wire = await socketServer(async (session) => …)`. */
export async function socketServer(script: SessionScript): Promise<SocketServer> {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  const sessions: ServerSession[] = []
  sockets.on('connection', (socket, request) => {
    const session = serverSession(socket, request)
    void script(session, sessions.push(session))
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    sessions,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

function serverSession(socket: WebSocket, { url = '', headers }: IncomingMessage): ServerSession {
  const received: SocketEvent[] = []
  const arrivals = new EventEmitter()
  let taken = 0
  socket.on('message', (data) => {
    received.push(parse(String(data)))
    arrivals.emit('event')
  })
  return {
    path: url,
    headers,
    received,
    send: (...events) => {
      for (const event of events) socket.send(JSON.stringify(event))
    },
    sendRaw: (frame) => socket.send(frame),
    next: async (type) => {
      for (;;) {
        const event = received[taken++]
        if (event && (type === undefined || event['type'] === type)) return event
        if (event) continue
        taken -= 1
        await once(arrivals, 'event')
      }
    },
    close: (code = 1000) => socket.close(code),
    drop: () => socket.terminate(),
    closed: once(socket, 'close').then(([code]) => code as number),
  }
}

/** What is no JSON is shown as it is. */
function parse(text: string): SocketEvent {
  try {
    return JSON.parse(text) as SocketEvent
  } catch {
    return { text }
  }
}

/** Options for the client's `ws` classes, which insist on `wss:`: the connection is made without TLS. */
export function withoutTls({ port }: Pick<SocketServer, 'port'>): { createConnection(): Socket } {
  return { createConnection: () => connect(port, '127.0.0.1') }
}
