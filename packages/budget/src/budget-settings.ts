import type { SpendMonitorSettings } from './monitor-settings.ts'
import type { NotifierSettings } from './notifier-settings.ts'
import type { Notifier } from './notify/notifier.ts'
import type { SecretSource } from './notify/secret.ts'
import type { Period } from './period.ts'
import type { BudgetStore } from './store.ts'

/** What calls can be told apart by: what `withAI` says of them, and the model that was asked for. */
export type Dimension = 'tenant' | 'feature' | 'user' | 'model'

/**
 * What happens to a call when the limit is reached.
 *
 * - `warn`: nothing; there are alerts.
 * - `throttle`: it waits until there is room, for `throttleSeconds` at most, and then leaves.
 * - `block`: it fails with a `BudgetExceededError`, and nothing is sent.
 */
export type BudgetMode = 'warn' | 'throttle' | 'block'

/** One budget. A call counts in every budget that it matches, in the period in which it ends. */
export interface BudgetSettings {
  /** Unique: value of the label `budget`, and by it what was spent is found after a restart. */
  readonly name: string
  /** USD for each period, as a decimal in quotes: `"50"`. */
  readonly limitUsd: string
  /** A day or a month of the calendar, or a window: `"24h"`, `"7d"`. A window moves in sixty steps. */
  readonly period: Period
  /** IANA name of the zone in which days and months begin: `"Europe/Berlin"`. Default `"UTC"`. */
  readonly timeZone?: string
  /** Only calls of this tenant, feature, user or model; by default of all. */
  readonly match?: Readonly<Partial<Record<Dimension, string>>>
  /** Each tenant, feature, user or model has the limit for itself. Calls that name none are not counted. */
  readonly per?: Dimension
  /** Percent of the limit at which there is an alert, once a period. Default `[50, 80, 100]`. */
  readonly thresholds?: readonly number[]
  /** Default `"warn"`. */
  readonly mode?: BudgetMode
  /** For `throttle`: how long a call waits at most. Default 10. */
  readonly throttleSeconds?: number
  /**
   * What happens, while there is room, to calls of which nobody knows what they cost at most: because the model has no price, the output no limit, or the
   * provider runs tools. `"admit"` lets them leave with nothing set aside, so that the limit does not hold for them when they are parallel;
   * `"block"` refuses them, in the mode `block`; an amount in USD is set aside for each. Default `"admit"`.
   */
  readonly unbounded?: 'admit' | 'block' | (string & {})
}

/** Where budgets are kept. */
export type StoreSettings = 'file' | 'memory' | { readonly redis: string | SecretSource } | BudgetStore

/** Budgets, and whom to tell. As JSON in a file it is the same, with notifiers by their settings. */
export interface BudgetOptions {
  readonly budgets: readonly BudgetSettings[]
  /** Who gets the alerts: made by `callback`, `webhook`, `slack` or `email`, or by their settings. Without any there are the metrics and the modes. */
  readonly notifiers?: readonly (Notifier | NotifierSettings)[]
  /**
   * Where what was spent is kept: `"file"` for the processes of this host that share `directory`, `"memory"` for this process until it ends, `{ redis: url }` for
   * all replicas that share a server, which needs the package `redis`. Default `"file"`.
   */
  readonly store?: StoreSettings
  /** Files of the store `file`, and what a process could not bring to its end. Relative to where the process was started. Default `.tokenmeter/budgets`. */
  readonly directory?: string
  /** What happens to calls of budgets with the mode `block` when the store cannot be asked. Default `"admit"`. */
  readonly onStoreFailure?: 'admit' | 'block'
  /** How long a call waits for the store, in the modes `throttle` and `block`, before that is a failure of the store. Default 2. */
  readonly storeTimeoutSeconds?: number
  /** Alerts on the costs of this process alone. */
  readonly monitor?: SpendMonitorSettings
}
