import type { Alert } from './alert.ts'
import { AlertQueue } from './alert-queue.ts'
import type { Notifier } from './notify/notifier.ts'
import type { LeftOver } from './spool.ts'

/** Hands every alert to all notifiers, each of which has a queue of its own: one that is down does not keep it from the others. */
export class AlertDesk {
  readonly #queues: readonly AlertQueue[]

  constructor(notifiers: readonly Notifier[]) {
    this.#queues = notifiers.map((notifier) => new AlertQueue(notifier))
  }

  push(alert: Alert): void {
    for (const queue of this.#queues) queue.push(alert)
  }

  /** Takes up what another process has left; alerts for notifiers that are not there any more are dropped. */
  resume(alerts: LeftOver['alerts']): void {
    for (const { notifier, alert } of alerts) this.#queues.find(({ name }) => name === notifier)?.push(alert)
  }

  get isPending(): boolean {
    return this.#queues.some(({ pending }) => pending > 0)
  }

  /** Tries to deliver everything, at once. */
  async hurry(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.hurry()))
  }

  /** Everything that is not delivered, for another process. */
  takeAll(): LeftOver['alerts'] {
    return this.#queues.flatMap((queue) => queue.takeAll().map((alert) => ({ notifier: queue.name, alert })))
  }
}
