import type { ServerResponse } from 'node:http'

/** Sends pieces of text as server-sent events, and stops asking for more when the reader has closed the page. */
export async function sendEvents(response: ServerResponse, pieces: AsyncIterable<string>): Promise<void> {
  for await (const piece of pieces) {
    if (response.destroyed) return
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: ${JSON.stringify(piece)}\n\n`)
  }
  response.end('event: end\ndata: {}\n\n')
}
