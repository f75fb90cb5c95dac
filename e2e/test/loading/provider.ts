import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A provider on 127.0.0.1. Each request is answered with 503 first, so that there are two attempts a call. */
export interface Provider extends AsyncDisposable {
  readonly origin: string
}

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'On its way.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}

/** Starts it on a free port. */
export async function startProvider(): Promise<Provider> {
  const server = createServer((request, response) => {
    void modelOf(request).then((model) => {
      response.setHeader('content-type', 'application/json')
      if (request.headers['x-stainless-retry-count'] !== '0') response.end(JSON.stringify({ ...ANSWER, model }))
      else response.writeHead(503, { 'retry-after-ms': '1' }).end('{}')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

async function modelOf(request: IncomingMessage): Promise<unknown> {
  return ((await json(request)) as { readonly model?: unknown }).model
}
