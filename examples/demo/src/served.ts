/** Counts of one answer as they went over the wire. */
export interface ServedUsage {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
}

/** One logical call as the provider saw it: its HTTP requests, and the usage that was sent in full, if any. */
export interface ServedCall {
  /** The model that answered, as the answer named it; the one that was asked for as long as there is none. */
  model: string
  /** HTTP status of every attempt, in order. */
  readonly statuses: number[]
  usage?: ServedUsage
  /** The client closed the connection before the answer was complete. */
  cut: boolean
}

/** How a call ended, in the words of `ai_requests_total`. */
export type ServedStatus = 'success' | 'error' | 'rate_limit' | 'cancelled'

/** The provider's own books: everything that was served, kept apart from everything that was measured. */
export class ServedBook {
  readonly calls: ServedCall[] = []
  readonly #open = new Map<string, ServedCall>()
  #exchanges = 0

  /** Exchanges that have begun and not ended. */
  get openExchanges(): number {
    return this.#exchanges
  }

  /**
   * Opens the books for one HTTP request. A retry (the client numbers its attempts) joins the call it repeats.
   *
   * @param key the same for every attempt of one call: path and body.
   */
  begin(key: string, attempt: number, model: string): ServedCall {
    this.#exchanges++
    const known = attempt > 0 ? this.#open.get(key) : undefined
    const call = known ?? { model, statuses: [], cut: false }
    if (!known) this.calls.push(call)
    this.#open.set(key, call)
    return call
  }

  end(): void {
    this.#exchanges--
  }
}

/** How a call ended. */
export function statusOf(call: ServedCall): ServedStatus {
  const last = call.statuses.at(-1)
  if (last === 429) return 'rate_limit'
  if (call.cut) return 'cancelled'
  return last === 200 ? 'success' : 'error'
}
