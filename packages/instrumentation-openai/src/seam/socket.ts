import { context } from '@opentelemetry/api'
import { guard, reportFailure } from '@tokenmeter/meter'
import { keepInSight, loseSight, watchForAbandonment } from './abandoned.ts'
import type { ObservedSession, Observer } from './observer.ts'
import { type AnyFunction, ownerOf, type Undo, type Wrapper, wrapMethod } from './patch.ts'
import type { SocketLike, Transport } from './shapes.ts'

/**
 * Methods through which everything passes that a WebSocket class of the client sends and receives, in v4 to v7. Some belong to the class,
 * others to classes it shares with its likes.
 */
const METHODS = ['_emit', '_onError', 'send', 'sendResponseCreate'] as const

/** The prototypes that have to be patched for a WebSocket class of the client; none if it is no such class. */
export function socketOwnersOf(prototype: object): ReadonlySet<object> {
  const owners = new Set<object>()
  if (!ownerOf(prototype, 'send') || !ownerOf(prototype, '_emit')) return owners
  for (const name of METHODS) {
    const owner = ownerOf(prototype, name)
    if (owner) owners.add(owner)
  }
  return owners
}

/**
 * Looks at the events that pass through a prototype's own methods, in both directions: nothing is parsed, copied, kept back or changed.
 *
 * @param observer looked up at each event.
 */
export function patchSocket(owner: object, observer: () => Observer | undefined): Undo | undefined {
  const undos = [
    wrapMethod(owner, '_emit', (original) => watchEmit(original, observer)),
    wrapMethod(owner, '_onError', watchErrors),
    wrapMethod(owner, 'send', (original) => watchSend(original, observer)),
    wrapMethod(owner, 'sendResponseCreate', (original) => watchSend(original, observer)),
  ]
  return () => {
    for (const undo of undos) undo?.()
  }
}

/** A socket that has been used. */
interface Connection {
  readonly observer: Observer
  readonly session: ObservedSession
  /** What it runs over, which changes when it reconnects. */
  transport: Transport | undefined
  isSending: boolean
}

const connections = new WeakMap<object, Connection>()

/** `WebSocket.OPEN` */
const OPEN = 1

/**
 * `_emit('event', event)`: once for each event of the server, parsed; the class for translations leaves it out where nobody listens, and then the
 * events about the session must do. `_emit('reconnected')`: with another transport. `_emit('close', code)`: no more attempts.
 */
function watchEmit(original: AnyFunction, observer: () => Observer | undefined): Wrapper {
  return (socket: SocketLike, args) => {
    const [name, value] = args
    if (WATCHED.has(name)) {
      try {
        const session = connectionOf(socket, observer)?.session
        if (name === 'close') endOf(session, value)
        else if (name !== 'reconnected') session?.received(value)
      } catch (error) {
        reportFailure('watching a socket', error)
      }
    }
    return original.apply(socket, args)
  }
}

const WATCHED: ReadonlySet<unknown> = new Set(['event', 'session.created', 'session.closed', 'reconnected', 'close'])

/** Servers may have an event of that name, too, which is not the end. */
function endOf(session: ObservedSession | undefined, code: unknown): void {
  if (typeof code === 'number') session?.closed(code)
}

/** `_onError(event, message, cause)`: without an event it is the connection that failed, or `send`. */
function watchErrors(original: AnyFunction): Wrapper {
  return (socket: SocketLike, args) => {
    try {
      const connection = connections.get(socket)
      if (connection && !args[0]) {
        if (connection.isSending) connection.session.notSent()
        else connection.session.transportFailed(args[2])
      }
    } catch (error) {
      reportFailure('watching a socket', error)
    }
    return original.apply(socket, args)
  }
}

function watchSend(original: AnyFunction, observer: () => Observer | undefined): Wrapper {
  return (socket: SocketLike, args) => {
    const connection = announce(socket, args[0], observer)
    if (!connection) return original.apply(socket, args)
    connection.isSending = true
    try {
      const isDropped = dropsSilently(socket)
      const result: unknown = original.apply(socket, args)
      if (isDropped) connection.session.notSent()
      return result
    } catch (error) {
      connection.session.notSent()
      throw error
    } finally {
      connection.isSending = false
    }
  }
}

/** After its end a transport drops what is sent, without a word; the classes that reconnect keep it, or say that they cannot. */
function dropsSilently({ socket, _client: client, _recovery: recovery }: SocketLike): boolean {
  const state = socket?.readyState
  return typeof state === 'number' && state > OPEN && !client && !recovery
}

function announce(socket: SocketLike, event: unknown, observer: () => Observer | undefined): Connection | undefined {
  try {
    const connection = connectionOf(socket, observer)
    connection?.session.sending(event, socket.socket?.readyState !== OPEN, context.active())
    return connection
  } catch (error) {
    reportFailure('watching a socket', error)
    return undefined
  }
}

/**
 * What we know about a socket, from its first event on. That runs in the context in which the socket was made, unless the application sends
 * something first.
 */
function connectionOf(socket: SocketLike, observer: () => Observer | undefined): Connection | undefined {
  const active = observer()
  if (!active) return undefined
  const known = connections.get(socket)
  const connection = known?.observer === active ? known : connect(socket, active)
  if (connection && connection.transport !== socket.socket) follow(socket, connection)
  return connection
}

function connect(socket: SocketLike, observer: Observer): Connection | undefined {
  const { url, _client: client } = socket
  if (!(url instanceof URL) || typeof socket.socket !== 'object') return undefined
  const session = observer.connect({ url, client, parent: context.active() })
  const connection: Connection = { observer, session, transport: undefined, isSending: false }
  connections.set(socket, connection)
  return connection
}

/** Hears of the end of what the socket runs over at the moment. */
function follow(socket: SocketLike, connection: Connection): void {
  const { socket: transport } = socket
  connection.transport = transport
  const { session } = connection
  keepInSight(session)
  watchForAbandonment(socket, session)
  const onClose = (close: unknown): void => {
    if (connection.transport !== transport) return
    loseSight(session)
    const code = typeof close === 'number' ? close : (close as { readonly code?: unknown } | undefined)?.code
    session.disconnected(typeof code === 'number' ? code : undefined)
  }
  // The client was first to listen: what it kept back is on its way when we hear that the connection is there.
  if (transport?.readyState === OPEN) session.connected()
  else listen(transport, 'open', () => session.connected())
  listen(transport, 'close', onClose)
}

function listen(transport: Transport | undefined, name: 'open' | 'close', listener: (event: unknown) => void): void {
  const guarded = (event: unknown): void => guard('watching a socket', () => listener(event))
  if (transport?.addEventListener) transport.addEventListener(name, guarded)
  else transport?.on?.(name, guarded)
}
