import { createServer } from 'node:http'
import { startAnswers } from './answers.ts'
import { Exchange } from './exchange.ts'
import { close, listen } from './ports.ts'
import type { Scene } from './scenes.ts'
import { ServedBook } from './served.ts'

/** A stand-in for the OpenAI API (and for Azure's), and its books. */
export interface Provider extends AsyncDisposable {
  readonly url: string
  readonly served: ServedBook
}

/**
 * Starts the stand-in: aimock writes the answers, and a proxy in front of it adds what aimock leaves out (cached and
 * reasoning tokens, usage of embeddings, rate-limit headers on answers) and books what went over the wire.
 */
export async function startProvider(scenes: readonly Scene[]): Promise<Provider> {
  const { mock, usageById } = await startAnswers(scenes)
  const served = new ServedBook()
  const server = createServer((request, response) => {
    new Exchange(request, response, served, usageById).run(mock.url).catch(() => response.destroy())
  })
  const url = await listen(server)
  return {
    url,
    served,
    async [Symbol.asyncDispose]() {
      await close(server)
      await mock.stop()
    },
  }
}
