import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { answerLive, answerRegulatedTicket, answerTicket, previewAnswer } from './answer.ts'
import { sendEvents } from './event-stream.ts'
import { explain } from './failure.ts'
import { searchKnowledge } from './knowledge.ts'
import { answerOrderQuestion } from './orders.ts'
import { readTicket, type Ticket } from './ticket.ts'
import { triageTicket } from './triage.ts'
import { draftLetter, summariseThread } from './writing.ts'

type Feature = (ticket: Ticket) => Promise<unknown> | AsyncGenerator<string>

/** Path → feature. Each takes `{"text": "…"}` by POST; generators are sent as server-sent events, all else as JSON. */
const FEATURES: ReadonlyMap<string, Feature> = new Map<string, Feature>([
  ['/answer', answerTicket],
  ['/answer/live', answerLive],
  ['/answer/preview', previewAnswer],
  ['/answer/regulated', answerRegulatedTicket],
  ['/triage', triageTicket],
  ['/orders', answerOrderQuestion],
  ['/summary', summariseThread],
  ['/draft', draftLetter],
  ['/knowledge', searchKnowledge],
])

/** The desk, not yet listening. */
export function createDesk(): Server {
  return createServer((request, response) => {
    serve(request, response).catch((error: unknown) => sendFailure(response, error))
  })
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const feature = FEATURES.get(request.url ?? '')
  if (!feature || request.method !== 'POST') {
    return sendJson(response, 404, { error: 'No such feature', features: [...FEATURES.keys()] })
  }
  const result = feature(readTicket(await text(request)))
  if (result instanceof Promise) return sendJson(response, 200, { result: await result })
  return sendEvents(response, result)
}

function sendFailure(response: ServerResponse, error: unknown): void {
  const { status, message } = explain(error)
  if (response.headersSent) response.end(`event: error\ndata: ${JSON.stringify(message)}\n\n`)
  else sendJson(response, status, { error: message })
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
