import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type CallSpan, readCallSpans } from './call-span.ts'
import { close, listen } from './ports.ts'

/** A small OTLP/HTTP receiver (JSON), in the place where a Collector would be. */
export interface Receiver extends AsyncDisposable {
  readonly url: string
  /** The calls that arrived so far, in the order in which they began. */
  readonly calls: readonly CallSpan[]
  /** Called whenever more calls have arrived. */
  onCalls: (() => void) | undefined
}

/** Starts the receiver. Spans are read, and everything goes on to `nextUrl`, as a Collector would send it. */
export async function startReceiver(nextUrl: string): Promise<Receiver> {
  const calls: CallSpan[] = []
  const server = createServer((request, response) => {
    receive(request, response, receiver, calls, nextUrl).catch((error: unknown) =>
      response.writeHead(400).end(String(error)),
    )
  })
  const url = await listen(server)
  const receiver: Receiver = { url, calls, onCalls: undefined, [Symbol.asyncDispose]: () => close(server) }
  return receiver
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  receiver: Receiver,
  calls: CallSpan[],
  nextUrl: string,
): Promise<void> {
  const body = await text(request)
  const headers = { 'content-type': 'application/json' }
  const passedOn = await fetch(`${nextUrl}${request.url}`, { method: 'POST', body, headers })
  if (!passedOn.ok) throw new Error(`The viewer answered ${passedOn.status}: ${await passedOn.text()}`)
  const arrived = request.url === '/v1/traces' ? readCallSpans(JSON.parse(body)) : []
  response.writeHead(200, headers).end('{}')
  if (arrived.length === 0) return
  calls.push(...arrived)
  calls.sort((a, b) => a.startMs - b.startMs)
  receiver.onCalls?.()
}
