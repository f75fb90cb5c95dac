import { once } from 'node:events'
import { createServer } from 'node:http'
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
    void (json(request) as Promise<Question>).then((question) => {
      if (request.headers['x-stainless-retry-count'] === '0')
        response.writeHead(503, { 'retry-after-ms': '1' }).end('{}')
      else if (question.stream) response.setHeader('content-type', 'text/event-stream').end(eventsFor(question))
      else
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...ANSWER, model: question.model }))
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

/** Part of a request. */
interface Question {
  readonly model?: string
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
}

function eventsFor({ model, stream_options: options }: Question): string {
  const chunk = { id: ANSWER.id, object: 'chat.completion.chunk', model }
  const chunks: object[] = [
    { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: 'On its way.' }, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ]
  if (options?.include_usage) chunks.push({ ...chunk, choices: [], usage: ANSWER.usage })
  return [...chunks.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
}
