import { type Call, FieldReader, list, warnOnce } from '@tokenmeter/meter'
import { memoryStore } from './memory-store.ts'
import { readMonitor, type SpendMonitorSettings } from './monitor-settings.ts'
import { type NotifierSettings, readNotifier } from './notifier-settings.ts'
import type { Notifier } from './notify/notifier.ts'
import { BudgetSettingsError } from './read-budgets.ts'
import { RunningBudgets } from './running-budgets.ts'
import { picoFromDecimal } from './usd.ts'

/** Settings of a `BudgetMonitor`. */
export interface BudgetMonitorOptions extends SpendMonitorSettings {
  /** Who gets the alerts. */
  readonly notifiers: readonly (Notifier | NotifierSettings)[]
  /** Where alerts are left that could not be delivered before the process ended, for the next one. By default they are lost, and that is said. */
  readonly directory?: string
}

/**
 * Watches the costs of this process, by themselves and without limits: their total, the sum of the latest, and once a minute their trend. It keeps no
 * process alive, and no file unless told to.
 *
 * ```ts
 * const monitor = new BudgetMonitor({ rollingUsd: '0.50', notifiers: [callback((alert) => console.warn(alert.text))] })
 * watchOpenAI({ onCall: (call) => monitor.record(call) })
 * ```
 */
export class BudgetMonitor {
  readonly #running: RunningBudgets

  /** @throws BudgetSettingsError naming every field that is wrong. */
  constructor({ notifiers, directory, ...settings }: BudgetMonitorOptions) {
    const reader = new FieldReader()
    const monitor = readMonitor(reader, '', settings)
    const read = reader
      .read('notifiers', notifiers, list)
      ?.map((notifier, index) => readNotifier(reader, `notifiers[${index}]`, notifier))
    if (reader.problems.length > 0) throw new BudgetSettingsError('the options of BudgetMonitor', reader.problems)
    this.#running = new RunningBudgets({
      budgets: [],
      notifiers: (read ?? []) as Notifier[],
      store: memoryStore(),
      directory,
      blocksOnStoreFailure: false,
      storeTimeoutMs: 2000,
      monitor,
    })
  }

  /** Counts a call that has ended. One whose cost is unknown is counted beside, and told in alerts; one that cost nothing is no cost. */
  record({ cost, unpriced }: Pick<Call, 'cost' | 'unpriced'>): void {
    if (cost !== undefined || unpriced !== undefined) this.#running.recordCost(cost?.picoUsd)
  }

  /**
   * Counts a cost of another kind.
   *
   * @param usd an exact decimal: `"0.0125"`; anything else is refused with one warning, and nothing is counted
   */
  recordCost(usd: string): void {
    const picoUsd = picoFromDecimal(usd)
    if (picoUsd !== undefined) this.#running.recordCost(picoUsd)
    else
      warnOnce(
        'recordCost',
        `tokenmeter: recordCost() was ignored: an amount must be a decimal in quotes such as "0.0125", got ${typeof usd}`,
      )
  }

  /** Tries to deliver every alert within `timeoutMs` (2000 by default). Never rejects. */
  flush(timeoutMs?: number): Promise<void> {
    return this.#running.flush(timeoutMs)
  }

  /** Delivers what it can, and stops. Never rejects. */
  close(): Promise<void> {
    return this.#running.close()
  }
}
