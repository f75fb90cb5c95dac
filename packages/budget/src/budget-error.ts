import { decimalUsd } from '@tokenmeter/meter'
import type { Period } from './period.ts'

/**
 * Why a request was not sent.
 *
 * - `budget_exceeded`: what was spent, and what is set aside for calls on their way, has reached the limit.
 * - `budget_unbounded`: nobody knows what it can cost at most, and the budget has `unbounded: 'block'`.
 * - `budget_unavailable`: the store cannot be asked, and `onStoreFailure` is `'block'`.
 */
export type RefusalCode = 'budget_exceeded' | 'budget_unbounded' | 'budget_unavailable'

/** What is known when a request is refused. */
export interface Refusal {
  readonly code: RefusalCode
  readonly budget: string
  /** The tenant, feature, model or user whose account it is, for a budget with `per`. */
  readonly account?: string | undefined
  readonly period: Period
  readonly limitPicoUsd: bigint
  readonly spentPicoUsd: bigint
  readonly heldPicoUsd: bigint
  /** When the period ends, in milliseconds since the epoch. */
  readonly end?: number | undefined
}

const BRAND = Symbol.for('tokenmeter.budget-exceeded-error')

/**
 * What a call of the client rejects with when a budget in the mode `block` does not let it leave. Nothing was sent, and nothing was charged.
 *
 * `instanceof` works whichever copy of this package, ESM or CJS, made the error.
 */
export class BudgetExceededError extends Error {
  override readonly name = 'BudgetExceededError'
  /** Also the `error.type` of the call's span and metrics. */
  readonly code: RefusalCode
  /** Name of the budget. */
  readonly budget: string
  /** The tenant, feature, model or user whose account it is, for a budget with `per`. */
  readonly account: string | undefined
  readonly period: Period
  /** Exact decimals. */
  readonly limitUsd: string
  readonly spentUsd: string
  /** Set aside for calls that were on their way. */
  readonly heldUsd: string
  /** When the period ends and calls are let through again; absent for windows, which have no end. */
  readonly resetsAt: Date | undefined

  constructor({ code, budget, account, period, limitPicoUsd, spentPicoUsd, heldPicoUsd, end }: Refusal) {
    const limitUsd = decimalUsd(limitPicoUsd)
    const spentUsd = decimalUsd(spentPicoUsd)
    const heldUsd = decimalUsd(heldPicoUsd)
    const name = account === undefined ? `"${budget}"` : `"${budget}" of "${account}"`
    const reasons: Readonly<Record<RefusalCode, string>> = {
      budget_exceeded: `${spentUsd} USD were spent and ${heldUsd} USD are set aside, of ${limitUsd} USD (${period})`,
      budget_unbounded: 'nobody knows what it can cost at most',
      budget_unavailable: 'the store cannot be asked what was spent',
    }
    super(`The request was not sent, by the budget ${name}: ${reasons[code]}.`)
    this.code = code
    this.budget = budget
    this.account = account
    this.period = period
    this.limitUsd = limitUsd
    this.spentUsd = spentUsd
    this.heldUsd = heldUsd
    this.resetsAt = end === undefined ? undefined : new Date(end)
    Object.defineProperty(this, BRAND, { value: true })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value
  }
}
