import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import { warnOnce } from '@tokenmeter/meter'
import type { Alert } from './alert.ts'
import { DeliveryFailure, LaterFailure, type Notifier, PermanentFailure } from './notify/notifier.ts'

/** Alerts that wait for one notifier at most; beyond, the oldest is dropped. */
const MOST_WAITING = 100
const TIMEOUT_MS = 10_000
const FIRST_BACKOFF_MS = 1000
const MOST_BACKOFF_MS = 300_000
/** With doubling pauses of at most five minutes, these are about three quarters of an hour. */
const MOST_ATTEMPTS = 16

/** By this key of the SDK's its instrumentations leave alone what we send (`@opentelemetry/core`, `suppressTracing`). */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')
const SILENT = ROOT_CONTEXT.setValue(SUPPRESS_TRACING, true)

/**
 * Brings alerts to one notifier, in their order, one at a time, and tries again with growing pauses. Whatever happens here touches no call: nobody
 * waits for it, it holds a bounded number of alerts, and it keeps no process alive.
 */
export class AlertQueue {
  readonly #notifier: Notifier
  #waiting: Alert[] = []
  #isRunning = false
  #running: Promise<void> = Promise.resolve()
  /** Who waits for a first failure. */
  readonly #onStuck = new Set<() => void>()
  #endPause: (() => void) | undefined

  constructor(notifier: Notifier) {
    this.#notifier = notifier
  }

  get name(): string {
    return this.#notifier.name
  }

  /** Alerts that are not delivered yet. */
  get pending(): number {
    return this.#waiting.length
  }

  push(alert: Alert): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#waiting.shift()
      warnOnce(
        `full ${this.name}`,
        `tokenmeter: ${MOST_WAITING} alerts wait for the notifier "${this.name}"; the oldest are dropped`,
      )
    }
    this.#waiting.push(alert)
    this.#run()
  }

  /** Tries everything once more, at once. Resolves when it is delivered, or cannot be: then it is tried again later. */
  async hurry(): Promise<void> {
    const stuck = new Promise<void>((resolve) => this.#onStuck.add(resolve))
    this.#endPause?.()
    this.#run()
    await Promise.race([this.#running, stuck])
  }

  /** Takes over what is not delivered: whoever calls this delivers it, or keeps it. */
  takeAll(): readonly Alert[] {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }

  #run(): void {
    if (!this.#isRunning) this.#running = this.#deliverAll()
  }

  async #deliverAll(): Promise<void> {
    this.#isRunning = true
    for (let attempt = 1; this.#waiting.length > 0; attempt++) {
      const alert = this.#waiting[0] as Alert
      const failure = await this.#deliver(alert)
      const isOver = failure === undefined || failure instanceof PermanentFailure || attempt >= MOST_ATTEMPTS
      if (failure) this.#tell(failure, isOver)
      if (isOver) {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== alert)
        attempt = 0
        continue
      }
      for (const tell of this.#onStuck) tell()
      this.#onStuck.clear()
      await this.#pause(failure instanceof LaterFailure ? failure.retryAfterMs : backoff(attempt))
    }
    this.#onStuck.clear()
    this.#isRunning = false
  }

  /** @returns why it was not delivered */
  async #deliver(alert: Alert): Promise<Error | undefined> {
    const limit = new AbortController()
    const timeUp = new Promise<Error>((resolve) => {
      limit.signal.addEventListener('abort', () => resolve(new DeliveryFailure(`no answer within ${TIMEOUT_MS} ms`)))
    })
    const timer = setTimeout(() => limit.abort(), TIMEOUT_MS).unref()
    const delivery = context
      .with(SILENT, async () => this.#notifier.notify(alert, limit.signal))
      .then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error : new Error(typeof error)),
      )
    const failure = await Promise.race([delivery, timeUp])
    clearTimeout(timer)
    return failure
  }

  #tell(failure: Error, isDropped: boolean): void {
    const reason = failure instanceof DeliveryFailure ? failure.message : failure.name
    const next = isDropped ? 'the alert is dropped' : 'it is tried again'
    warnOnce(
      `notifier ${this.name}`,
      `tokenmeter: the notifier "${this.name}" cannot deliver an alert (${reason}); ${next}, and calls are not affected`,
    )
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#endPause = undefined
        resolve()
      }
      const timer = setTimeout(end, milliseconds).unref()
      this.#endPause = end
    })
  }
}

/** Doubling from a second, and anywhere in the upper half of it: processes that failed together should not come back together. */
function backoff(attempt: number): number {
  const longest = Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), MOST_BACKOFF_MS)
  return longest * (0.5 + Math.random() / 2)
}
