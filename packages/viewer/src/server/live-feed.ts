import type { ServerResponse } from 'node:http'
import type { OtlpSignal } from '../receiver/receiver.ts'
import { Refusal } from '../receiver/refusal.ts'
import { SAFE_HEADERS } from './guard.ts'

/** Most pages that are told: every one holds a connection. */
const MOST_LISTENERS = 50
/** So that a page is told at most ten times a second, however much comes. */
const REST_MS = 100

/** Tells open pages that there is something new: server-sent events that name the signal, nothing more. */
export class LiveFeed {
  readonly #listeners = new Set<ServerResponse>()
  readonly #news = new Set<OtlpSignal | 'clear'>()
  #timer: NodeJS.Timeout | undefined

  /** @throws Refusal 503 when too many listen. */
  add(response: ServerResponse): void {
    if (this.#listeners.size >= MOST_LISTENERS) throw new Refusal(503, `${MOST_LISTENERS} pages are told already`)
    response.writeHead(200, { ...SAFE_HEADERS, 'content-type': 'text/event-stream' })
    response.write('retry: 1000\n\n')
    this.#listeners.add(response)
    response.on('close', () => this.#listeners.delete(response))
  }

  tell(news: OtlpSignal | 'clear'): void {
    if (this.#listeners.size === 0) return
    this.#news.add(news)
    this.#timer ??= setTimeout(() => this.#send(), REST_MS)
  }

  end(): void {
    clearTimeout(this.#timer)
    for (const response of this.#listeners) response.end()
  }

  #send(): void {
    this.#timer = undefined
    const event = `data: ${JSON.stringify([...this.#news])}\n\n`
    this.#news.clear()
    for (const response of this.#listeners) {
      // Who does not read is told the next time.
      if (!response.writableNeedDrain) response.write(event)
    }
  }
}
