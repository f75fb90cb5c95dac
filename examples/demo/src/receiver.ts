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

/** Starts the receiver. Spans are read; metrics and logs are accepted and left alone: the demo reads `/metrics`. */
export async function startReceiver(): Promise<Receiver> {
  const calls: CallSpan[] = []
  const server = createServer((request, response) => {
    receive(request, response, receiver, calls).catch((error: unknown) => response.writeHead(400).end(String(error)))
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
): Promise<void> {
  const body = await text(request)
  const arrived = request.url === '/v1/traces' ? readCallSpans(JSON.parse(body)) : []
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  if (arrived.length === 0) return
  calls.push(...arrived)
  calls.sort((a, b) => a.startMs - b.startMs)
  receiver.onCalls?.()
}
