import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call of a stand-in: no more than a test looks at. */
export interface StoredCall {
  readonly id: number
  readonly start: number
  readonly model: string
}

/** Stands in for a viewer that looks for a rare filter a stretch at a time: pages are short or empty, and `next` leads on. */
export async function startShortPages(
  pages: readonly (readonly StoredCall[])[],
): Promise<AsyncDisposable & { readonly url: string }> {
  const lastCall = Math.max(0, ...pages.flat().map(({ id }) => id))
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://viewer')
    if (pathname === '/api/live') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here\n\n')
      return
    }
    const answer = pathname === '/api/status' ? { lastCall } : pageOf(pages, searchParams)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

/** `next` is the number of a page and, where the limit cut it, of a call in it. */
function pageOf(pages: readonly (readonly StoredCall[])[], query: URLSearchParams): object {
  const [page = 0, first = 0] = (query.get('before') ?? '').split('.').map(Number)
  const limit = Number(query.get('limit'))
  const left = (pages[page] ?? []).slice(first)
  const next = left.length > limit ? `${page}.${first + limit}` : `${page + 1}.0`
  const isEnd = left.length <= limit && page + 1 >= pages.length
  return { calls: left.slice(0, limit), ...(!isEnd && { next }) }
}
