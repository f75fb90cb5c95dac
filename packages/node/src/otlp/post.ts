import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import { context } from '@opentelemetry/api'
import { sdkModules } from '../sdk-modules.ts'
import type { OtlpTarget } from './target.ts'

/** What became of one request. */
export type PostResult =
  | { readonly ok: true }
  | {
      readonly ok: false
      /** For people. */
      readonly reason: string
      /** Whether the same request may well succeed later (OTLP specification, "Failures"). */
      readonly retryable: boolean
      /** When the server wants it to be sent again. */
      readonly retryAfterMs?: number
    }

/** A connection that is being made holds the process, whatever one does; so it must not take longer than an exit may. */
const CONNECT_TIMEOUT_MS = 2000
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504])

/**
 * Sends one request to a Collector. It never rejects, is not itself traced, and an answer that is still awaited does not keep
 * the process alive.
 */
export function post(target: OtlpTarget, body: Uint8Array, timeoutMs: number): Promise<PostResult> {
  const suppressed = sdkModules.core().suppressTracing(context.active())
  return context.with(
    suppressed,
    () => new Promise<PostResult>((resolve) => exchange(target, body, timeoutMs, resolve)),
  )
}

function exchange(target: OtlpTarget, body: Uint8Array, timeoutMs: number, settle: (result: PostResult) => void): void {
  const fail = (error: Error, retryable = true): void => settle({ ok: false, reason: error.message, retryable })
  let request: ClientRequest
  try {
    request = open(target)
  } catch (error) {
    return fail(error as Error, false)
  }
  const deadline = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  deadline.unref()
  request.once('close', () => clearTimeout(deadline))
  request.once('error', (error: Error) =>
    fail(new Error(error.message || String((error as NodeJS.ErrnoException).code))),
  )
  request.once('socket', (socket: Socket) => letGo(socket, request))
  request.once('response', (response) => {
    response.resume()
    response.once('error', fail)
    response.once('end', () => settle(answer(response)))
  })
  request.end(target.gzip ? process.getBuiltinModule('node:zlib').gzipSync(body) : body)
}

function open(target: OtlpTarget): ClientRequest {
  const url = new URL(target.url)
  const headers: Record<string, string> = { ...target.headers, 'user-agent': 'tokenmeter-otlp' }
  if (target.gzip) headers['content-encoding'] = 'gzip'
  const options: RequestOptions = { method: 'POST', headers, agent: agentFor(target, url), ...target.tls }
  return httpFor(url).request(url, options)
}

const httpFor = (url: URL): typeof import('node:http') | typeof import('node:https') =>
  url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')

const agents = new WeakMap<OtlpTarget, Agent>()

function agentFor(target: OtlpTarget, url: URL): Agent {
  let agent = agents.get(target)
  if (!agent) {
    agent = new (httpFor(url).Agent)({ keepAlive: true })
    agents.set(target, agent)
  }
  return agent
}

function letGo(socket: Socket, request: ClientRequest): void {
  socket.unref()
  if (!socket.connecting) return
  const giveUp = setTimeout(() => {
    request.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`))
  }, CONNECT_TIMEOUT_MS)
  giveUp.unref()
  for (const event of ['connect', 'close'] as const) socket.once(event, () => clearTimeout(giveUp))
}

function answer(response: IncomingMessage): PostResult {
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return { ok: true }
  const seconds = Number.parseInt(response.headers['retry-after'] ?? '', 10)
  return {
    ok: false,
    reason: `HTTP ${status} ${response.statusMessage ?? ''}`.trim(),
    retryable: RETRYABLE_STATUS.has(status),
    ...(seconds > 0 && { retryAfterMs: seconds * 1000 }),
  }
}
