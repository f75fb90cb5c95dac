import type { WatchedCall } from '../watched-call.ts'
import { asObject } from '../wire/json.ts'

/** A call that shares its socket with others. */
export interface SocketCall {
  readonly call: WatchedCall
  /** Hears of each chunk. */
  readonly onChunk: (chunk: unknown) => void
  /** The client may keep it back until there is a connection. */
  isQueued: boolean
}

/** What a call over a socket fails of, where nobody says more: value of `error.type`. */
const CONNECTION_CLOSED = { code: 'connection_closed' }
const NOT_SENT = { code: 'not_sent' }

/** What the package `ws` says when the server answers with something else than a WebSocket. */
const REFUSED = /^Unexpected server response: (\d{3})$/

/** A transport's error as `error.type` is read from it: by its code, such as `ECONNRESET`, or by the HTTP status. */
function failureOf(cause: unknown): object {
  const { code, message } = asObject(cause) ?? {}
  if (typeof code === 'string') return { code }
  const status = typeof message === 'string' ? REFUSED.exec(message)?.[1] : undefined
  return status === undefined ? CONNECTION_CLOSED : { status: Number(status) }
}

/** Codes that say nothing went wrong: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1. From 3000 on they are the application's own. */
const isClean = (code: number | undefined): boolean =>
  code === 1000 || code === 1001 || code === 1005 || (code !== undefined && code >= 3000)

/** The calls of one socket that have no end yet, oldest first. */
export class OpenCalls<Call extends SocketCall> {
  readonly #calls = new Set<Call>()
  #failure: object | undefined
  #isConnected = false

  add(call: Call): void {
    this.#calls.add(call)
    if (call.isQueued) this.#isConnected = false
  }

  remove(call: Call): void {
    this.#calls.delete(call)
  }

  find(matches: (call: Call) => boolean): Call | undefined {
    for (const call of this.#calls) if (matches(call)) return call
    return undefined
  }

  /** The newest that matches. */
  findLast(matches: (call: Call) => boolean): Call | undefined {
    let last: Call | undefined
    for (const call of this.#calls) if (matches(call)) last = call
    return last
  }

  /** Nothing is kept back any more, and what went wrong did not end the connection. */
  connected(): void {
    if (this.#isConnected) return
    this.#isConnected = true
    this.#failure = undefined
    for (const call of this.#calls) call.isQueued = false
  }

  notSent(call: Call | undefined): void {
    if (call && this.#calls.delete(call)) call.call.failed(NOT_SENT)
  }

  /** Something went wrong; if it ends the connection, it is why. */
  failing(cause: unknown): void {
    this.#failure = failureOf(cause)
    this.#isConnected = false
  }

  /** Ends what was on its way. What the client kept back goes on if there is another connection. */
  disconnected(code: number | undefined): void {
    this.#end(code, ({ isQueued }) => !isQueued)
  }

  /** Ends everything: there is no other connection. */
  closed(code: number | undefined): void {
    this.#end(code, () => true)
  }

  #end(code: number | undefined, matches: (call: Call) => boolean): void {
    const failure = this.#failure ?? (isClean(code) ? undefined : CONNECTION_CLOSED)
    this.#failure = undefined
    this.#isConnected = false
    for (const call of this.#calls) {
      if (!matches(call)) continue
      this.#calls.delete(call)
      if (failure === undefined) call.call.streamEnded('stopped')
      else call.call.failed(failure)
    }
  }

  abandoned(): void {
    for (const { call } of this.#calls) call.abandoned()
    this.#calls.clear()
  }
}
