import { type Attempt, guard } from '@tokenmeter/meter'
import type { ObservedAttempt } from './seam/observer.ts'
import type { RawResponse } from './seam/shapes.ts'
import { errorClass } from './wire/error.ts'
import { rateLimitReason, readRateLimit, readRequestId, readRetryAfter } from './wire/headers.ts'

/** An attempt while it is being made. */
export type AttemptDraft = { -readonly [K in keyof Attempt]: Attempt[K] }

/** Notes what one HTTP request tells about itself. */
export class WatchedAttempt implements ObservedAttempt {
  readonly #attempt: AttemptDraft
  readonly #callStartMs: number
  readonly #errors: object
  readonly #startMs = performance.now()
  #isOver = false

  constructor(attempt: AttemptDraft, callStartMs: number, errors: object) {
    this.#errors = errors
    this.#attempt = attempt
    this.#callStartMs = callStartMs
  }

  responded(response: RawResponse): void {
    if (this.#isOver) return
    this.stop()
    guard('reading response headers', readHead, this.#attempt, response)
  }

  failed(error: unknown): void {
    if (this.#isOver) return
    this.stop()
    guard('reading a network error', () => {
      this.#attempt.errorType = errorClass(error, this.#errors)
    })
  }

  /** It is over, or nobody waits for it any more: then what comes later is not noted. */
  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    const now = performance.now()
    this.#attempt.duration = (now - this.#startMs) / 1000
    this.#attempt.endedAfter = (now - this.#callStartMs) / 1000
  }
}

function readHead(attempt: AttemptDraft, { status, headers }: RawResponse): void {
  attempt.status = status
  const requestId = readRequestId(headers)
  if (requestId) attempt.requestId = requestId
  const rateLimit = readRateLimit(headers)
  if (rateLimit) attempt.rateLimit = rateLimit
  if (status === 429) attempt.rateLimitReason = rateLimitReason(rateLimit)
  const retryAfter = status >= 400 ? readRetryAfter(headers, Date.now()) : undefined
  if (retryAfter !== undefined) attempt.retryAfter = retryAfter
}
