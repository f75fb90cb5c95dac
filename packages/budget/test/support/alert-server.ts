import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request as it arrived. */
interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How one request is answered: with a status and headers, or never. */
export type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | 'silent'

/** A server on 127.0.0.1 to which alerts are posted. */
export interface AlertServer extends AsyncDisposable {
  readonly url: string
  readonly deliveries: readonly Delivery[]
  /** Resolves when `count` requests have arrived. */
  arrived(count: number): Promise<void>
}

/** @param answers in turn; the last one goes on for ever */
export async function alertServer(...answers: readonly Answer[]): Promise<AlertServer> {
  const deliveries: Delivery[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const answer = answers[Math.min(deliveries.length, answers.length - 1)] ?? { status: 200 }
      deliveries.push({ headers: request.headers, body })
      server.emit('delivery')
      if (answer !== 'silent') response.writeHead(answer.status, answer.headers).end()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    arrived: async (count) => {
      while (deliveries.length < count) await once(server, 'delivery')
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}
