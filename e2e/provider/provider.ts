import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { answerBody, answerEvents, OPERATION_BY_PATH } from './answers.ts'
import { type ServedUsage, USAGE_BY_MODEL } from './usage-by-model.ts'

/** One HTTP response the provider sent. */
export interface Served {
  readonly operation: string
  readonly model: string
  readonly status: number
  readonly usage?: ServedUsage
}

/** A stand-in for OpenAI on loopback that remembers what it served. */
export interface Provider extends AsyncDisposable {
  /** What a client takes as its base URL. */
  readonly url: string
  readonly served: readonly Served[]
}

interface RequestBody {
  readonly model: string
  readonly stream?: boolean
  readonly temperature?: number
}

/** A model whose first request is refused with a 429 that invites a retry. */
export const BUSY_MODEL = 'gpt-4.1-mini'
/** A model whose quota is used up for good. */
export const EXHAUSTED_MODEL = 'gpt-4.1-nano'
/** A model whose streams do not tell their usage. */
export const UNTOLD_MODEL = 'gpt-3.5-turbo'
/** What the headers of every answer say about the quota. */
export const QUOTA = { limitRequests: 500, remainingRequests: 499, limitTokens: 200_000, remainingTokens: 199_000 }

const HIGHEST_TEMPERATURE = 2
const QUOTA_HEADERS = {
  'x-ratelimit-limit-requests': String(QUOTA.limitRequests),
  'x-ratelimit-remaining-requests': String(QUOTA.remainingRequests),
  'x-ratelimit-limit-tokens': String(QUOTA.limitTokens),
  'x-ratelimit-remaining-tokens': String(QUOTA.remainingTokens),
}

/** Starts a provider on a free port of 127.0.0.1. */
export async function startProvider(): Promise<Provider> {
  const served: Served[] = []
  const server = createServer((request, response) => {
    void answer(request, response, served)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    served,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served[]): Promise<void> {
  const body = (await json(request)) as RequestBody
  const operation = OPERATION_BY_PATH[request.url ?? ''] ?? 'unknown'
  const { model, stream } = body
  const usage = USAGE_BY_MODEL[model]
  const refusal = refuse(body, served)
  if (refusal || (!usage && model !== UNTOLD_MODEL)) {
    const { status, headers, error } = refusal ?? NO_SUCH_MODEL
    served.push({ operation, model, status })
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }))
    return
  }
  served.push({ operation, model, status: 200, ...(usage && { usage }) })
  response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json', ...QUOTA_HEADERS })
  if (stream) for (const event of answerEvents(operation, model, usage)) response.write(event)
  else if (usage) response.write(JSON.stringify(answerBody(operation, model, usage)))
  response.end()
}

interface Refusal {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly error: { readonly message: string; readonly type: string; readonly code: string; readonly param: null }
}

const NO_SUCH_MODEL = refuseWith(404, 'invalid_request_error', 'model_not_found')
const TOO_HOT = refuseWith(400, 'invalid_request_error', 'invalid_value')
const QUOTA_USED_UP = refuseWith(429, 'insufficient_quota', 'insufficient_quota')
const TOO_MANY_REQUESTS: Refusal = {
  ...refuseWith(429, 'requests', 'rate_limit_exceeded'),
  headers: { ...QUOTA_HEADERS, 'x-ratelimit-remaining-requests': '0', 'retry-after-ms': '1' },
}

function refuseWith(status: number, type: string, code: string): Refusal {
  return { status, error: { message: `Refused: ${code}`, type, code, param: null } }
}

function refuse({ model, temperature = 0 }: RequestBody, served: readonly Served[]): Refusal | undefined {
  if (model === EXHAUSTED_MODEL) return QUOTA_USED_UP
  if (temperature > HIGHEST_TEMPERATURE) return TOO_HOT
  if (model === BUSY_MODEL && !served.some((earlier) => earlier.model === BUSY_MODEL)) return TOO_MANY_REQUESTS
  return undefined
}
