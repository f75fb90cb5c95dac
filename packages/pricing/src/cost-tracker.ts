import type { PriceResult, Provider, Usage } from '@tokenmeter/meter'
import { bill } from './bill.ts'
import { createPriceBook, type PriceBook } from './price-book.ts'
import { unpriced } from './rate-card.ts'
import { chargedTier } from './tier.ts'
import { readTokenUsage, type TokenUsage } from './token-usage.ts'
import { decimalUsd } from './usd.ts'

const NO_USAGE = unpriced('no_usage')
const UNKNOWN_TIER = unpriced('unknown_tier')

/** What usage is priced by. */
export interface PriceContext {
  /** The model that served, as the provider names it. On Azure: the model behind the deployment. */
  readonly model: string
  /** A value of `gen_ai.provider.name`, or the provider's common name; `openai` by default. */
  readonly provider?: Provider
  /** When the call was made: a `Date`, or milliseconds since the epoch; now by default. */
  readonly at?: Date | number
  /** `service_tier` of the response; `default` by default. */
  readonly tier?: string
}

/** Either a cost or the reason why there is none, and the amount as an exact decimal. */
export type Estimate = PriceResult & {
  /** USD, exact: `0.00045`. `null` when unknown, which is not 0. */
  readonly usd: string | null
}

/** What was recorded for one model, or for all. */
export interface CostTotal {
  /** All recorded calls, those without a cost included. */
  readonly calls: number
  /** Recorded calls whose cost is unknown: the amount lacks them. */
  readonly unpricedCalls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly picoUsd: bigint
  /** The same amount as an exact decimal of USD. */
  readonly usd: string
}

/** All that a tracker recorded. */
export interface CostTotals extends CostTotal {
  readonly byModel: ReadonlyMap<string, CostTotal>
}

/** Settings of a cost tracker. */
export interface CostTrackerOptions {
  /** Where prices are looked up; a book over the bundled list by default. */
  readonly book?: PriceBook
}

/**
 * Prices usage by hand, for calls that are not instrumented, and adds it up. Nothing leaves the tracker: no metric, no span.
 * Calls that are instrumented carry their cost already.
 */
export class CostTracker {
  readonly #book: PriceBook
  readonly #tallies = new Map<string, Tally>()

  constructor({ book = createPriceBook() }: CostTrackerOptions = {}) {
    this.#book = book
  }

  /**
   * What usage costs, without recording it.
   *
   * @param usage the `usage` object of a response as the API returned it, or of a `Call`; `null` if there was none.
   * @throws TypeError when `usage` or `context` makes no sense; the message names the field, the value and the fix.
   */
  estimate(usage: TokenUsage | null | undefined, context: PriceContext): Estimate {
    checkContext(context)
    return this.#estimate(readUsage(usage), context)
  }

  /**
   * What usage costs, added to the totals.
   *
   * @throws TypeError as `estimate` does; nothing is recorded then.
   */
  record(usage: TokenUsage | null | undefined, context: PriceContext): Estimate {
    checkContext(context)
    const read = readUsage(usage)
    const estimate = this.#estimate(read, context)
    let tally = this.#tallies.get(context.model)
    if (!tally) this.#tallies.set(context.model, (tally = new Tally()))
    tally.add(read, estimate)
    return estimate
  }

  /** A copy of what was recorded so far. The amounts are exact sums. */
  totals(): CostTotals {
    const all = new Tally()
    for (const tally of this.#tallies.values()) all.merge(tally)
    return { ...all.total(), byModel: new Map([...this.#tallies].map(([model, tally]) => [model, tally.total()])) }
  }

  #estimate(usage: Usage | undefined, context: PriceContext): Estimate {
    const result = this.#price(usage, context)
    return { ...result, usd: result.cost ? decimalUsd(result.cost.picoUsd) : null }
  }

  #price(usage: Usage | undefined, { model, provider = 'openai', at = Date.now(), tier }: PriceContext): PriceResult {
    if (!usage) return NO_USAGE
    const charged = chargedTier(tier, undefined)
    if (!charged) return UNKNOWN_TIER
    const resolution = this.#book.resolve(provider, model, at, charged)
    return resolution.card ? bill(resolution.card, usage) : resolution
  }
}

class Tally {
  #calls = 0
  #unpricedCalls = 0
  #inputTokens = 0
  #outputTokens = 0
  #picoUsd = 0n

  add(usage: Usage | undefined, { cost }: PriceResult): void {
    this.#calls += 1
    this.#inputTokens += usage?.inputTokens ?? 0
    this.#outputTokens += usage?.outputTokens ?? 0
    if (cost) this.#picoUsd += cost.picoUsd
    else this.#unpricedCalls += 1
  }

  merge(other: Tally): void {
    this.#calls += other.#calls
    this.#unpricedCalls += other.#unpricedCalls
    this.#inputTokens += other.#inputTokens
    this.#outputTokens += other.#outputTokens
    this.#picoUsd += other.#picoUsd
  }

  total(): CostTotal {
    return {
      calls: this.#calls,
      unpricedCalls: this.#unpricedCalls,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      picoUsd: this.#picoUsd,
      usd: decimalUsd(this.#picoUsd),
    }
  }
}

function readUsage(usage: TokenUsage | null | undefined): Usage | undefined {
  return usage === null || usage === undefined ? undefined : readTokenUsage(usage)
}

function checkContext(context: PriceContext): void {
  const { model, provider, at, tier } = context
  checkName('model', model, 'name the model that served, such as "gpt-4o-mini"')
  if (provider !== undefined)
    checkName('provider', provider, 'name the provider, such as "openai" or "azure.ai.openai"')
  if (tier !== undefined) checkName('tier', tier, 'pass the `service_tier` of the response, or leave it out')
  if (at === undefined || Number.isFinite(at instanceof Date ? at.getTime() : at)) return
  throw new TypeError(`at must be a valid Date or milliseconds since the epoch, got ${String(at)}`)
}

function checkName(field: string, value: unknown, fix: string): void {
  if (typeof value === 'string' && value.trim() !== '') return
  throw new TypeError(`${field} must be a non-empty string, got ${JSON.stringify(value) ?? String(value)}: ${fix}`)
}
