import type { Alert } from '../alert.ts'

/** Brings alerts to people, by one way. `callback`, `webhook`, `slack` and `email` make them; another is an object with these two. */
export interface Notifier {
  /** Unique among those of a budget: by it alerts that were left over find their way after a restart. Never a secret. */
  readonly name: string
  /**
   * Delivers an alert, once: who calls this tries again, with the same alert, when it rejects. With a `PermanentFailure` it is given up.
   *
   * @param signal is aborted when it takes too long.
   */
  notify(alert: Alert, signal: AbortSignal): Promise<void>
}

/** Why an alert was not delivered: its message is shown, and so must have no secret in it. Of other errors only the name is. */
export class DeliveryFailure extends Error {
  override readonly name: string = 'DeliveryFailure'
}

/** Trying again will not help. */
export class PermanentFailure extends DeliveryFailure {
  override readonly name = 'PermanentFailure'
}

/** Try again, but not before `retryAfterMs`. */
export class LaterFailure extends DeliveryFailure {
  override readonly name = 'LaterFailure'
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}
