import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A piece of a streamed body at which the server waits until `wire.continue()` is called. */
export const PAUSE: unique symbol = Symbol('pause')

/** What the server sends for one request. `wire-answers.ts` builds the usual ones. */
export interface Answer {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Body as a value, sent as JSON. */
  readonly json?: unknown
  /** Body as bytes, sent as they are. */
  readonly body?: string | Uint8Array
  /** Body in pieces, each written on its own, sent as `text/event-stream`. */
  readonly pieces?: readonly (string | Uint8Array | typeof PAUSE)[]
  /** `true`: not even headers are sent. Say with `after` what happens instead. */
  readonly silent?: boolean
  /**
   * What follows the body. `end` (default): the response ends. `stall`: nothing, until the client closes.
   * `reset`: the connection is reset; put `PAUSE` before it where the client is to read the pieces first.
   */
  readonly after?: 'end' | 'stall' | 'reset'
}

/** One line of a script: an answer, or a function that makes one from the request. */
export type Step = Answer | ((request: WireRequest) => Answer | Promise<Answer>)

/** A request as it arrived. */
export interface WireRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[]
  readonly body: string
  /** How the exchange ended: with the whole answer handed over, or closed by the client before that. */
  readonly closed: Promise<'finished' | 'early'>
  /** `closed`, as far as known. */
  readonly ending: 'open' | 'finished' | 'early'
}

/** A server on 127.0.0.1 that answers from a script and remembers what it was asked. */
export interface WireServer extends AsyncDisposable {
  /** Base URL for a client: `http://127.0.0.1:<port>/v1`. */
  readonly url: string
  readonly port: number
  /** In order of arrival. */
  readonly requests: readonly WireRequest[]
  /** The request number `count`, counted from 1, as soon as it has arrived. */
  arrived(count: number): Promise<WireRequest>
  /** Lets a body that waits at `PAUSE`, or will wait there next, go on to its next piece. */
  continue(): void
}

/**
 * Starts a server for one test: `await using wire = await wireServer([rateLimited(), chatCompletion()])`.
 *
 * An array answers the first request with its first step, and so on; a request too many is answered with 400 and a message that says so.
 * A single step answers every request. All answers carry a fixed date and `x-request-id: req_1`, `req_2` …, so that two runs see the same bytes.
 *
 * A client in another process steers the server by `GET /-/continue`, `/-/arrived/1` and `/-/closed/1`, which answer when it has happened;
 * these are not recorded.
 */
export async function wireServer(script: Step | readonly Step[]): Promise<WireServer> {
  const wire = new ScriptedServer(script)
  await wire.listen()
  return wire
}

class ReceivedRequest implements WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: string
  readonly closed: Promise<'finished' | 'early'>
  ending: 'open' | 'finished' | 'early' = 'open'

  constructor(message: IncomingMessage, body: string, response: ServerResponse) {
    this.method = message.method ?? ''
    this.path = message.url ?? ''
    this.headers = message.headers
    this.rawHeaders = message.rawHeaders
    this.body = body
    this.closed = new Promise((resolve) => {
      const close = (): void => {
        if (this.ending === 'open') this.ending = response.writableFinished ? 'finished' : 'early'
        resolve(this.ending as 'finished' | 'early')
      }
      if (response.destroyed) close()
      else response.once('close', close)
    })
  }
}

class ScriptedServer implements WireServer {
  readonly requests: ReceivedRequest[] = []
  readonly #script: Step | readonly Step[]
  readonly #server: Server
  readonly #events: EventEmitter = new EventEmitter().setMaxListeners(0)
  #permits = 0

  constructor(script: Step | readonly Step[]) {
    this.#script = script
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
      this.#answer(message, response).catch((error: unknown) => response.destroy(error as Error))
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async arrived(count: number): Promise<WireRequest> {
    for (;;) {
      const request = this.requests[count - 1]
      if (request) return request
      await once(this.#events, 'request')
    }
  }

  continue(): void {
    this.#permits += 1
    this.#events.emit('continue')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    response.sendDate = false
    const body = await text(message)
    if (message.url?.startsWith('/-/')) return this.#steer(message.url, response)
    const request = new ReceivedRequest(message, body, response)
    const number = this.requests.push(request)
    this.#events.emit('request')
    await this.#play(await this.#step(number, request), number, response)
  }

  async #step(number: number, request: WireRequest): Promise<Answer> {
    const step = Array.isArray(this.#script) ? (this.#script as readonly Step[])[number - 1] : (this.#script as Step)
    if (typeof step === 'function') return step(request)
    const problem = `wire server: the script has no step for request ${number}, ${request.method} ${request.path}`
    return step ?? { status: 400, json: { error: { message: problem } } }
  }

  async #play(answer: Answer, number: number, response: ServerResponse): Promise<void> {
    if (!answer.silent) {
      response.writeHead(answer.status ?? 200, {
        date: 'Tue, 24 Nov 2026 00:00:00 GMT',
        'x-request-id': `req_${number}`,
        'content-type': answer.pieces ? 'text/event-stream' : 'application/json',
        ...answer.headers,
      })
      for (const piece of bodyOf(answer)) {
        if (piece === PAUSE) await this.#permit()
        else response.write(piece)
      }
    }
    if (answer.after === 'reset') response.socket?.resetAndDestroy()
    else if (answer.after !== 'stall') response.end()
    else if (!answer.silent) response.flushHeaders()
  }

  async #permit(): Promise<void> {
    while (this.#permits === 0) await once(this.#events, 'continue')
    this.#permits -= 1
  }

  async #steer(path: string, response: ServerResponse): Promise<void> {
    const [, , verb, count] = path.split('/')
    if (verb === 'continue') this.continue()
    const request = verb === 'continue' ? undefined : await this.arrived(Number(count))
    response.end(verb === 'closed' ? await request?.closed : verb)
  }
}

function bodyOf(answer: Answer): NonNullable<Answer['pieces']> {
  if (answer.pieces) return answer.pieces
  if (answer.body !== undefined) return [answer.body]
  return answer.json === undefined ? [] : [JSON.stringify(answer.json)]
}
