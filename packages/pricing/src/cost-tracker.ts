import { DEFAULT_MAX_LABEL_VALUES } from '@tokenmeter/meter'
import { type CostEstimate, estimateCost } from './cost-estimate.ts'
import { CostSums, type CostTotals } from './cost-total.ts'
import { createPriceBook, type PriceBook, type PriceBookOptions } from './price-book.ts'
import type { PriceContext } from './price-context.ts'
import { boundRequest, type RequestContext, type RequestEstimate } from './request-bounds.ts'
import type { CountTokens } from './request-tokens.ts'

/** What a call is recorded under. */
export interface RecordContext extends PriceContext {
  /** What the call was made for: `summaries`. */
  readonly feature?: string | undefined
}

/** Settings of a cost tracker. */
export interface CostTrackerOptions extends PriceBookOptions {
  /** Where prices are looked up, instead of a book by the other settings. */
  readonly book?: PriceBook
  /** Counts the tokens of a text for `estimateRequest`, which else knows no more than how many its bytes can be. */
  readonly countTokens?: CountTokens
  /** How many models, operations and features totals tell apart before the rest is `other`; 200 by default. */
  readonly maxKeys?: number
}

/**
 * Prices usage by hand, for calls that are not instrumented, and adds it up. Nothing leaves the tracker: no metric, no span.
 * Calls that are instrumented carry their cost already.
 *
 * Once made it never throws: what makes no sense has no cost, a reason, and one warning through OpenTelemetry's `diag`.
 */
export class CostTracker {
  readonly #book: PriceBook
  readonly #sums: CostSums
  readonly #countTokens: CountTokens | undefined

  /**
   * @throws PriceFileError when `prices` are wrong, TypeError when `azure` or `currency` is; the message names every field that is.
   */
  constructor({ book, countTokens, maxKeys = DEFAULT_MAX_LABEL_VALUES, ...settings }: CostTrackerOptions = {}) {
    this.#book = book ?? createPriceBook(settings)
    this.#countTokens = countTokens
    this.#sums = new CostSums(maxKeys)
  }

  /**
   * What usage costs, without recording it.
   *
   * @param usage the `usage` object of an answer exactly as the API returned it, for any endpoint; `{ input_characters }` for speech; the usage of
   *   a `Call`; `null` if there was none.
   */
  estimate(usage: object | null | undefined, context: PriceContext): CostEstimate {
    return estimateCost(this.#book, usage, context).estimate
  }

  /** What usage costs, added to the totals, where a call without a cost is counted, too. */
  record(usage: object | null | undefined, context: RecordContext): CostEstimate {
    const { estimate, picoUsd, call } = estimateCost(this.#book, usage, context)
    this.#sums.add({
      usage: call?.usage,
      picoUsd,
      model: call?.request.model ?? UNKNOWN,
      operation: call?.operation ?? UNKNOWN,
      feature: typeof context?.feature === 'string' ? context.feature : undefined,
      day: new Date(call?.startTime ?? Date.now()).toISOString().slice(0, 10),
    })
    return estimate
  }

  /**
   * The least and the most that a request can cost, before it is made.
   *
   * @param params what will be given to the client: the body of a chat completion, a response, a completion, an embedding, an image or a speech.
   */
  estimateRequest(params: object, context: RequestContext = {}): RequestEstimate {
    return boundRequest(params, context, this.#book, this.#countTokens)
  }

  /** A copy of what was recorded so far. The amounts are exact sums. */
  totals(): CostTotals {
    return this.#sums.totals(this.#book.convert)
  }
}

const UNKNOWN = 'unknown'
