import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { letGo } from './let-go.ts'
import { DeliveryFailure, LaterFailure, PermanentFailure } from './notifier.ts'

/** Answers after which the same request may succeed later. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
/** No server may keep us waiting for longer. */
const MOST_WAIT_MS = 60_000

/**
 * Posts a body of JSON. Not by `fetch`, whose requests keep the process until they are answered. Errors say a status or a code such as `ECONNREFUSED`, and
 * nothing of the address, which may be a secret.
 *
 * @throws PermanentFailure when the server refuses it for good, LaterFailure when it names a time.
 */
export function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = open(url, headers, signal)
    request.once('error', (error: NodeJS.ErrnoException) => reject(new DeliveryFailure(error.code ?? error.name)))
    request.once('socket', (socket: Socket) => letGo(socket))
    request.once('response', (response) => {
      response.resume()
      response.once('error', (error: NodeJS.ErrnoException) => reject(new DeliveryFailure(error.code ?? error.name)))
      response.once('end', () => {
        const failure = failureOf(response)
        if (failure) reject(failure)
        else resolve()
      })
    })
    request.end(body)
  })
}

function open(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): ClientRequest {
  const request = url.startsWith('https:') ? requestHttps : requestHttp
  return request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'tokenmeter-budget', ...headers },
    agent: false,
    signal,
  })
}

function failureOf({ statusCode = 0, headers }: IncomingMessage): DeliveryFailure | undefined {
  if (statusCode >= 200 && statusCode < 300) return undefined
  const reason = `HTTP ${statusCode}`
  if (!RETRYABLE.has(statusCode)) return new PermanentFailure(reason)
  const seconds = Number(headers['retry-after'])
  return seconds > 0 ? new LaterFailure(reason, Math.min(seconds * 1000, MOST_WAIT_MS)) : new DeliveryFailure(reason)
}
