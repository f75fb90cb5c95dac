import { decimalUsd } from '@tokenmeter/meter/call-log'
import { createPriceBook } from '@tokenmeter/pricing'
import type { AskedCall } from '../viewer/client.ts'
import { costOf, Pricing } from './pricing.ts'
import type { Search, Suggestion } from './suggestion.ts'
import { Batchable } from './suggestions/batchable.ts'
import { DearModel } from './suggestions/dear-model.ts'
import { AbandonedStreams, RateLimits, TruncatedOutput } from './suggestions/lost-answers.ts'
import { RepeatedPrompts } from './suggestions/repeated-prompts.ts'
import { StablePrefix } from './suggestions/stable-prefix.ts'
import { type Spender, Spending } from './spending.ts'

/** What can be told of the calls of a time. */
export interface Report {
  /** As ISO 8601 writes it. */
  readonly from: string
  readonly to: string
  readonly calls: number
  readonly usd: string
  readonly unpriced: number
  /** Calls whose content was captured: without, nothing can be said about prompts. */
  readonly withContent: number
  readonly spenders: Readonly<Record<'model' | 'feature' | 'user', readonly Spender[]>>
  /** What was paid for nothing, or for less than was wanted. */
  readonly waste: { readonly failedUsd: string; readonly leftUsd: string; readonly truncatedUsd: string }
  readonly suggestions: readonly (Omit<Suggestion, 'savedPicoUsd'> & { readonly savedUsd: string })[]
}

/** Makes a report of calls that it is shown one by one, the newest first. It keeps sums, by model, task and prompt, and not the calls. */
export class ReportMaker {
  readonly #all = new Spending()
  readonly #spenders = { model: new Spending(), feature: new Spending(), user: new Spending() }
  readonly #waste = { failed: 0n, left: 0n, truncated: 0n }
  readonly #searches: readonly Search[]
  #withContent = 0

  constructor() {
    const pricing = new Pricing(createPriceBook())
    this.#searches = [
      new RepeatedPrompts(),
      new StablePrefix(pricing),
      new DearModel(pricing),
      new TruncatedOutput(),
      new RateLimits(),
      new AbandonedStreams(pricing),
      new Batchable(pricing),
    ]
  }

  /** Takes a call into the report. */
  look(call: AskedCall): void {
    this.#all.add('', call)
    for (const by of ['model', 'feature', 'user'] as const) {
      const name = call[by]
      if (name !== null) this.#spenders[by].add(name, call)
    }
    const cost = costOf(call) ?? 0n
    if (call.status === 'error' || call.status === 'rate_limit') this.#waste.failed += cost
    if (call.status === 'cancelled') this.#waste.left += cost
    if (call.finishReason === 'length') this.#waste.truncated += cost
    if (call.asked.text !== null) this.#withContent += 1
    for (const search of this.#searches) search.look(call)
  }

  /** Whether there is more to be said when the same calls are looked at again. */
  get wantsMore(): boolean {
    return this.#searches.some(({ wantsMore }) => wantsMore === true)
  }

  /** Looks at a call for the second time. */
  lookAgain(call: AskedCall): void {
    for (const search of this.#searches) search.lookAgain?.(call)
  }

  /** The report of what has been seen. */
  report(range: { readonly from: number; readonly to: number }): Report {
    const { model, feature, user } = this.#spenders
    const { failed, left, truncated } = this.#waste
    const suggestions = this.#searches.flatMap((search) => search.suggestions)
    const bySaving = suggestions.toSorted((a, b) => compare(b.savedPicoUsd, a.savedPicoUsd))
    return {
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      ...this.#all.of(''),
      withContent: this.#withContent,
      spenders: { model: model.dearest, feature: feature.dearest, user: user.dearest },
      waste: { failedUsd: decimalUsd(failed), leftUsd: decimalUsd(left), truncatedUsd: decimalUsd(truncated) },
      suggestions: bySaving.map(({ savedPicoUsd, ...suggestion }) => ({
        ...suggestion,
        savedUsd: decimalUsd(savedPicoUsd),
      })),
    }
  }
}

const compare = (a: bigint, b: bigint): number => (a === b ? 0 : a < b ? -1 : 1)
