import type { BudgetReading, CallGate } from '@tokenmeter/meter'
import type { Standing } from './account.ts'
import type { BudgetOptions } from './budget-settings.ts'
import { planBudgets } from './read-budgets.ts'
import { RunningBudgets } from './running-budgets.ts'

/** Budgets at work. Give it to `watchOpenAI` or `OpenAIInstrumentation` as `gate`; `register({ budgets })` does that by itself. */
export interface Budgets extends CallGate {
  /** How every account stands, as far as this process knows. */
  standings(): readonly BudgetStanding[]
  /** Whether there is spending that the store does not have yet, or an alert that is not delivered. */
  readonly isPending: boolean
  /** Brings everything to the store and the notifiers, as far as that is possible within `timeoutMs` (2000 by default). Never rejects. */
  flush(timeoutMs?: number): Promise<void>
  /**
   * Writes what is pending into the directory, at once, for the next process that uses it: when a process ends, nothing asynchronous happens any
   * more. Without a directory it is lost, and said. Happens by itself at `exit`. Never throws.
   */
  leave(): void
  /** Flushes, leaves what is left, and stops. Never rejects. */
  close(): Promise<void>
}

/** How one account stands. Amounts are in pico-USD. */
export interface BudgetStanding extends BudgetReading, Standing {
  /** The tenant, feature, user or model, for a budget with `per`. */
  readonly account: string | undefined
}

/**
 * Starts to keep budgets: counts the calls that pass, sends alerts, and where a budget says so holds calls back.
 *
 * @throws BudgetSettingsError naming every field that is wrong.
 */
export function createBudgets(options: BudgetOptions): Budgets {
  return new RunningBudgets(planBudgets(options, 'the options of createBudgets'))
}
