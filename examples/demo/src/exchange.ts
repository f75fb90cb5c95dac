import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http'
import { text } from 'node:stream/consumers'
import type { AnswerUsage } from './scenes.ts'
import type { ServedBook, ServedCall } from './served.ts'
import { readUsage, type WireUsage, writeUsage } from './wire-usage.ts'

/** The limits that the mock's headers speak of. */
const LIMIT = { requests: 10_000, tokens: 2_000_000 }
/** What they set aside for each call. */
const TOKENS_RESERVED = 1_200

type Json = Record<string, unknown>

/** One HTTP request on its way through the proxy. */
export class Exchange {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #served: ServedBook
  readonly #usageById: ReadonlyMap<string, AnswerUsage>
  #body: Json = {}
  #call: ServedCall | undefined
  #usage: WireUsage | undefined

  constructor(
    incoming: IncomingMessage,
    response: ServerResponse,
    served: ServedBook,
    usageById: ReadonlyMap<string, AnswerUsage>,
  ) {
    this.#request = incoming
    this.#response = response
    this.#served = served
    this.#usageById = usageById
  }

  /** Relays the request to `upstream` and the answer back; what was relayed is in the books when the connection ends. */
  async run(upstream: string): Promise<void> {
    const raw = await text(this.#request)
    const gone = new AbortController()
    this.#begin(raw)
    this.#response.once('close', () => {
      this.#end()
      gone.abort()
    })
    const answer = await ask(upstream + this.#request.url, raw, gone.signal)
    const status = answer.statusCode ?? 502
    this.#call?.statuses.push(status)
    this.#response.writeHead(status, this.#headers(status, answer.headers))
    if (answer.headers['content-type'] === 'text/event-stream') await this.#relayEvents(answer)
    else this.#response.end(JSON.stringify(this.#complete(JSON.parse(await text(answer)) as Json)))
  }

  #begin(raw: string): void {
    this.#body = JSON.parse(raw) as Json
    const attempt = Number(this.#request.headers['x-stainless-retry-count'] ?? 0)
    this.#call = this.#served.begin(`${this.#request.url} ${raw}`, attempt, String(this.#body['model']))
  }

  #end(): void {
    this.#served.end()
    if (!this.#call) return
    if (!this.#response.writableFinished) this.#call.cut = true
    else if (this.#usage) this.#call.usage = readUsage(this.#usage)
  }

  #headers(status: number, answered: IncomingHttpHeaders): OutgoingHttpHeaders {
    const begun = this.#served.calls.length
    const headers: OutgoingHttpHeaders = {
      'x-ratelimit-limit-requests': LIMIT.requests,
      'x-ratelimit-remaining-requests': LIMIT.requests - begun,
      'x-ratelimit-limit-tokens': LIMIT.tokens,
      'x-ratelimit-remaining-tokens': status === 429 ? 0 : LIMIT.tokens - begun * TOKENS_RESERVED,
    }
    for (const name of ['content-type', 'retry-after', 'x-request-id']) {
      if (answered[name] !== undefined) headers[name] = answered[name]
    }
    return headers
  }

  async #relayEvents(answer: IncomingMessage): Promise<void> {
    let pending = ''
    for await (const piece of answer.setEncoding('utf8')) {
      const events = `${pending}${piece}`.split('\n\n')
      pending = events.pop() ?? ''
      for (const event of events) this.#response.write(`${this.#completeEvent(event)}\n\n`)
    }
    this.#response.end(pending)
  }

  #completeEvent(event: string): string {
    return event.replace(
      /^data: (\{.*\})$/m,
      (_, json: string) => `data: ${JSON.stringify(this.#complete(JSON.parse(json) as Json))}`,
    )
  }

  /** Fills the usage of an answer, a chunk or an event in, and remembers what was sent. */
  #complete(message: Json): Json {
    const answer = (message['response'] ?? message) as Json
    if (typeof answer['model'] === 'string' && this.#call) this.#call.model = answer['model']
    if (answer['usage']) {
      this.#usage = this.#usageOf(answer, answer['usage'] as WireUsage)
      answer['usage'] = this.#usage
    }
    return message
  }

  #usageOf(answer: Json, written: WireUsage): WireUsage {
    if (answer['object'] === 'list') return embeddingUsage([this.#body['input']].flat().join(' '))
    const scripted = this.#usageById.get(String(answer['id']))
    return scripted ? writeUsage(written, scripted) : written
  }
}

/** Asks aimock, on a connection of its own that ends with the answer: a pool would keep aimock from stopping. */
function ask(url: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      agent: false,
      signal,
    })
    asked.on('response', resolve).on('error', reject).end(body)
  })
}

/** About four characters a token, which is what English comes to. */
function embeddingUsage(input: string): WireUsage {
  const tokens = Math.ceil(input.length / 4)
  return { prompt_tokens: tokens, total_tokens: tokens }
}
