import type { DeliveryReport } from './delivery-report.ts'
import { post } from './post.ts'
import type { OtlpTarget, Signal } from './target.ts'

/** Retries within the timeout of a request, as OpenTelemetry's own exporter does them: at most 5, backing off from 1 s. */
const MAX_ATTEMPTS = 6
const FIRST_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 5000
const BACKOFF_FACTOR = 1.5

/** One request that has no answer yet. */
export interface Request {
  readonly body: Uint8Array
  /** Spans or log records in it. */
  readonly count: number
}

/** One signal's way to the Collector. What is still under way can be seen, so that it can be saved when the process ends. */
export class OtlpSender {
  readonly signal: Signal
  readonly target: OtlpTarget
  readonly #report: DeliveryReport
  readonly #underWay = new Set<Request>()
  readonly #backoffs = new Set<() => void>()
  #hurried = false
  #closed = false

  constructor(signal: Signal, target: OtlpTarget, report: DeliveryReport) {
    this.signal = signal
    this.target = target
    this.#report = report
  }

  /** Resolves to whether it arrived, when that is certain; never rejects. */
  async send(request: Request): Promise<boolean> {
    if (this.#closed) return false
    this.#underWay.add(request)
    const reason = await this.#deliver(request)
    const delivered = reason === undefined
    if (this.#underWay.delete(request) && !delivered) this.lose(request.count, reason)
    return delivered
  }

  lose(count: number, reason: string): void {
    this.#report.lost(this.signal, count, this.target, reason, this.#hurried)
  }

  get isHurried(): boolean {
    return this.#hurried
  }

  /** While hurried, everything is tried once more, at once, and then given up: for the end of the process. */
  hurry(hurried: boolean): void {
    this.#hurried = hurried
    if (!hurried) return
    for (const end of this.#backoffs) end()
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#closed = true
  }

  /** Takes over what is under way: whoever calls this delivers it. */
  takeUnderWay(): Request[] {
    const taken = [...this.#underWay]
    this.#underWay.clear()
    return taken
  }

  /** @returns why it could not be delivered */
  async #deliver({ body }: Request): Promise<string | undefined> {
    const deadline = performance.now() + this.target.timeoutMs
    let backoffMs = FIRST_BACKOFF_MS
    for (let attempt = 1; ; attempt++) {
      const hurried = this.#hurried
      const result = await post(this.target, body, Math.max(1, deadline - performance.now()))
      if (result.ok) return undefined
      const waitMs = result.retryAfterMs ?? Math.min(backoffMs * (0.8 + 0.4 * Math.random()), MAX_BACKOFF_MS)
      const late = performance.now() + waitMs > deadline
      if (!result.retryable || hurried || late || attempt === MAX_ATTEMPTS) return result.reason
      backoffMs *= BACKOFF_FACTOR
      await this.#backoff(waitMs)
    }
  }

  #backoff(waitMs: number): Promise<void> {
    if (this.#hurried) return Promise.resolve()
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#backoffs.delete(end)
        resolve()
      }
      const timer = setTimeout(end, waitMs).unref()
      this.#backoffs.add(end)
    })
  }
}
