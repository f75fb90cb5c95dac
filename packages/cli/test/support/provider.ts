import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'On its way.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}

/** Answers every model with 10 tokens in and 5 out of gpt-4o-mini, and `broken` with a failure. */
export async function startProvider(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => {
      const { model } = JSON.parse(body) as { readonly model: string }
      const isBroken = model === 'broken'
      response.writeHead(isBroken ? 400 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(isBroken ? { error: { message: 'no', code: 'invalid_value' } } : ANSWER))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}
