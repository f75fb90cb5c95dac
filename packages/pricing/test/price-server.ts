import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of price files on loopback. */
export interface PriceServer extends AsyncDisposable {
  /** Its address without a path: `http://127.0.0.1:1234`. */
  readonly origin: string
}

/** @param answer what it does with a request; a text is an answer in JSON. */
export async function priceServer(answer: RequestListener | string | (() => string)): Promise<PriceServer> {
  const server = createServer((request, response) => {
    if (typeof answer === 'function' && answer.length > 0) return (answer as RequestListener)(request, response)
    const body = typeof answer === 'string' ? answer : (answer as () => string)()
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
