import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Answers every chat completion with 10 prompt and 5 completion tokens, or with the usage that a question in JSON is; a streamed one stops after its first
 * chunk.
 */
export interface OpenAIServer extends AsyncDisposable {
  readonly baseURL: string
}

const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello.' } }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}

const CHUNK = {
  ...COMPLETION,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, finish_reason: null, delta: { role: 'assistant', content: 'Hel' } }],
  usage: null,
}

interface Question {
  readonly model: string
  readonly stream?: boolean
  readonly messages: readonly { readonly content: string }[]
}

/** A model that is not the usual one answers under its own name. */
function answerOf({ model, messages: [message] }: Question): object {
  const answer = model === 'gpt-4o-mini' ? COMPLETION : { ...COMPLETION, model }
  const question = message?.content ?? ''
  return question.startsWith('{') ? { ...answer, usage: JSON.parse(question) as object } : answer
}

/** Starts the server on a free port. */
export async function startOpenAIServer(): Promise<OpenAIServer> {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const question = JSON.parse(text) as Question
      if (question.stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`data: ${JSON.stringify(CHUNK)}\n\n`)
      } else {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerOf(question)))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
