import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FilterError } from '../query/filter.ts'
import { type OtlpSignal, Receiver, type ReceiverOptions } from '../receiver/receiver.ts'
import { Refusal } from '../receiver/refusal.ts'
import { Store, type StoreOptions } from '../store/store.ts'
import { findRoute } from './api.ts'
import { checkOrigin, checkToken, SAFE_HEADERS } from './guard.ts'
import { JsonAnswer } from './json-answer.ts'
import { LiveFeed } from './live-feed.ts'
import { PageFiles } from './page-files.ts'

/** Settings of a viewer. */
export interface ViewerOptions extends StoreOptions, ReceiverOptions {
  /** Port on 127.0.0.1; 0 takes any free one. Default 4320. */
  readonly port?: number
}

/** A viewer that runs. */
export interface Viewer extends AsyncDisposable {
  /** Where a person looks at it: `http://127.0.0.1:4320`. Telemetry goes there, too: it is the value for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  readonly store: Store
  /** What a program must send in `x-tokenmeter-token` to clear the store. */
  readonly token: string
  close(): Promise<void>
}

/** Next to 4318, where a Collector listens. */
export const DEFAULT_PORT = 4320

const SIGNALS: Readonly<Record<string, OtlpSignal>> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
}

const SHARED_TRACE = /^\/api\/traces\/([0-9a-f]{32})\/page$/

/**
 * Starts a viewer: a receiver for OTLP/HTTP, a store, a read API and a page, all on one port of 127.0.0.1.
 *
 * @throws Error when the port is taken: `EADDRINUSE`.
 * @throws SchemaVersionError when the file was written by another version.
 */
export async function startViewer({ port = DEFAULT_PORT, ...options }: ViewerOptions = {}): Promise<Viewer> {
  const store = await Store.open(options)
  const viewer = new ViewerServer(store, options)
  try {
    await viewer.listen(port)
  } catch (error) {
    await store.close()
    throw error
  }
  return viewer
}

class ViewerServer implements Viewer {
  readonly store: Store
  readonly token: string = randomBytes(24).toString('base64url')
  readonly #receiver: Receiver
  readonly #feed = new LiveFeed()
  readonly #page: PageFiles
  readonly #server: Server
  #url = ''

  constructor(store: Store, options: ReceiverOptions) {
    this.store = store
    this.#page = new PageFiles(this.token)
    this.#receiver = new Receiver(async (received) => {
      const partial = await store.take(received, true)
      this.#feed.tell(received.signal)
      return partial
    }, options)
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  get url(): string {
    return this.#url
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#feed.end()
    this.#server.closeAllConnections()
    if (this.#server.listening) await once(this.#server.close(), 'close')
    await this.store.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      checkOrigin(request)
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://viewer')
      const signal = SIGNALS[pathname]
      if (signal) await this.#receiver.serve(signal, request, response)
      else if (pathname.startsWith('/api/')) await this.#answer(pathname, searchParams, request, response)
      else this.#page.serve(pathname, request, response)
    } catch (error) {
      refuse(response, error)
    }
  }

  async #answer(
    path: string,
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (path === '/api/clear') {
      await this.#clear(request)
      answerJson(response, 200, {})
      return
    }
    if (request.method !== 'GET') throw new Refusal(405, `${path} is asked by GET`, { allow: 'GET' })
    if (path === '/api/live') {
      this.#feed.add(response)
      return
    }
    const shared = SHARED_TRACE.exec(path)
    if (shared) {
      await this.#share(shared[1] ?? '', response)
      return
    }
    const found = findRoute(path)
    if (!found) throw new Refusal(404, `There is no ${path}; docs/viewer.md lists what there is`)
    answerJson(response, 200, await found.route.answer(this.store, { query, parameters: found.parameters }))
  }

  async #share(traceId: string, response: ServerResponse): Promise<void> {
    const page = await this.store.query('tracePage', traceId)
    if (page === undefined) throw new Refusal(404, `The trace ${traceId} is not here`)
    response.writeHead(200, {
      ...SAFE_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      'content-disposition': `attachment; filename="trace-${traceId}.html"`,
    })
    response.end(page)
  }

  async #clear(request: IncomingMessage): Promise<void> {
    if (request.method !== 'POST') throw new Refusal(405, '/api/clear is asked by POST', { allow: 'POST' })
    checkToken(request, this.token)
    await this.store.clear()
    this.#feed.tell('clear')
  }
}

function answerJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...SAFE_HEADERS, 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(value instanceof JsonAnswer ? value.text : JSON.stringify(value))
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, message, headers } = refusalOf(error)
  answerJson(response, status, { error: message }, headers)
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const message = error instanceof Error ? error.message : String(error)
  return new Refusal(error instanceof FilterError ? 400 : 500, message)
}
