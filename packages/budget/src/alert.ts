import { decimalUsd } from '@tokenmeter/meter'
import type { Coverage } from './store.ts'

/**
 * What happened.
 *
 * - `budget`: a budget's spending has crossed a threshold.
 * - `total`, `rolling`, `trend`: what a `BudgetMonitor` watches.
 */
export type AlertKind = 'budget' | 'total' | 'rolling' | 'trend'

/** One message to people. Amounts are exact decimals in USD; it is JSON as it is. */
export interface Alert {
  /** The same for every attempt to deliver it, so that who gets it twice can tell. */
  readonly id: string
  readonly kind: AlertKind
  /** The sentence for people. */
  readonly text: string
  /** When it happened, ISO 8601. */
  readonly at: string
  /** Name of the budget or monitor. */
  readonly budget: string
  /** The tenant, feature, model or user, for a budget with `per`. */
  readonly account?: string
  /** `day`, `month`, `24h` …, for budgets. */
  readonly period?: string
  /** When the period ends, ISO 8601. */
  readonly resetsAt?: string
  /** The threshold, in percent of the limit. */
  readonly percent?: number
  readonly spentUsd: string
  /** The limit; of a trend the cost that was usual before. */
  readonly limitUsd: string
  /** Calls whose cost is unknown, and so not in `spentUsd`. */
  readonly unpricedCalls: number
  /** Whose calls are counted: of this process, of the host's processes that share the files, or of all replicas that share the store. */
  readonly coverage: Coverage
}

/** What `budgetAlert` needs to know. */
export interface BudgetFacts {
  readonly id: string
  readonly at: number
  readonly budget: string
  readonly account: string | undefined
  readonly period: string
  readonly end: number | undefined
  readonly percent: number
  readonly spentPicoUsd: bigint
  readonly limitPicoUsd: bigint
  readonly unpriced: number
  readonly coverage: Coverage
}

/** The alert for a threshold that a budget has crossed. */
export function budgetAlert(facts: BudgetFacts): Alert {
  const { account, period, end, percent, unpriced } = facts
  const spentUsd = decimalUsd(facts.spentPicoUsd)
  const limitUsd = decimalUsd(facts.limitPicoUsd)
  const name = account === undefined ? facts.budget : `${facts.budget} of ${account}`
  const until = end === undefined ? '' : `, until ${new Date(end).toISOString()}`
  return {
    id: facts.id,
    kind: 'budget',
    text: `Budget ${name}: ${spentUsd} of ${limitUsd} USD spent (${percent} % reached; ${period}${until})${beside(unpriced)}`,
    at: new Date(facts.at).toISOString(),
    budget: facts.budget,
    ...(account !== undefined && { account }),
    period,
    ...(end !== undefined && { resetsAt: new Date(end).toISOString() }),
    percent,
    spentUsd,
    limitUsd,
    unpricedCalls: unpriced,
    coverage: facts.coverage,
  }
}

/** What is to be said of calls without a cost. */
export function beside(unpriced: number): string {
  if (unpriced === 0) return '.'
  return unpriced === 1
    ? '; one call more has a cost that nobody knows.'
    : `; ${unpriced} calls more have a cost that nobody knows.`
}
