import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { startAnswers } from './answers.ts'
import { close, listen } from './ports.ts'
import type { AnswerUsage, Scene } from './scenes.ts'
import { ServedBook, type ServedCall } from './served.ts'
import { readUsage, type WireUsage, writeUsage } from './wire-usage.ts'

/** The limits that the mock's headers speak of. */
const LIMIT = { requests: 10_000, tokens: 2_000_000 }

/** A stand-in for the OpenAI API (and for Azure's), and its books. */
export interface Provider extends AsyncDisposable {
  readonly url: string
  readonly served: ServedBook
}

type Json = Record<string, unknown>

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

/** One HTTP request on its way through the proxy. */
class Exchange {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #served: ServedBook
  readonly #usageById: ReadonlyMap<string, AnswerUsage>
  #body: Json = {}
  #call: ServedCall | undefined
  #usage: WireUsage | undefined

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    served: ServedBook,
    usageById: ReadonlyMap<string, AnswerUsage>,
  ) {
    this.#request = request
    this.#response = response
    this.#served = served
    this.#usageById = usageById
  }

  async run(upstream: string): Promise<void> {
    const raw = await text(this.#request)
    const gone = new AbortController()
    this.#begin(raw)
    this.#response.once('close', () => {
      this.#end()
      gone.abort()
    })
    const answer = await fetch(upstream + this.#request.url, {
      method: this.#request.method ?? 'POST',
      headers: { 'content-type': 'application/json' },
      body: raw,
      signal: gone.signal,
    })
    this.#call?.statuses.push(answer.status)
    this.#response.writeHead(answer.status, this.#headers(answer))
    if (answer.headers.get('content-type') === 'text/event-stream') await this.#relayEvents(answer)
    else this.#response.end(JSON.stringify(this.#complete((await answer.json()) as Json)))
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

  #headers(answer: Response): Record<string, string> {
    const headers: Record<string, string> = {
      'x-ratelimit-limit-requests': String(LIMIT.requests),
      'x-ratelimit-remaining-requests': String(LIMIT.requests - this.#served.calls.length),
      'x-ratelimit-limit-tokens': String(LIMIT.tokens),
      'x-ratelimit-remaining-tokens': String(
        answer.status === 429 ? 0 : LIMIT.tokens - 1_200 * this.#served.calls.length,
      ),
    }
    for (const name of ['content-type', 'retry-after', 'x-request-id']) {
      const value = answer.headers.get(name)
      if (value !== null) headers[name] = value
    }
    return headers
  }

  async #relayEvents(answer: Response): Promise<void> {
    let pending = ''
    for await (const piece of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const events = (pending + piece).split('\n\n')
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

/** About four characters a token, which is what English comes to. */
function embeddingUsage(input: string): WireUsage {
  const tokens = Math.ceil(input.length / 4)
  return { prompt_tokens: tokens, total_tokens: tokens }
}
