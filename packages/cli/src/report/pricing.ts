import { picoFromDecimal } from '@tokenmeter/meter/call-log'
import { bill, type PriceBook, type RateCard } from '@tokenmeter/pricing'
import type { AskedCall } from '../viewer/client.ts'

/** What a call has cost, in 10⁻¹² USD; `undefined` where nobody knows. */
export function costOf({ cost }: Pick<AskedCall, 'cost'>): bigint | undefined {
  return cost === null ? undefined : picoFromDecimal(cost)
}

/** What calls would have cost otherwise. */
export class Pricing {
  readonly #book: PriceBook

  constructor(book: PriceBook) {
    this.#book = book
  }

  /** The prices of a call; of another model or in another tier, if they are named. */
  cardOf(call: AskedCall, other: { readonly model?: string; readonly tier?: string } = {}): RateCard | undefined {
    const model = other.model ?? call.responseModel ?? call.model
    if (model === null || call.provider === null) return undefined
    return this.#book.resolve(call.provider, model, call.start, other.tier).card
  }

  /** What the tokens of a call cost by `card`, so many of them read from the cache; `undefined` where that cannot be told. */
  costBy(
    card: RateCard | undefined,
    call: AskedCall,
    cachedTokens: number = call.cachedTokens ?? 0,
  ): bigint | undefined {
    const { inputTokens, outputTokens, cacheWriteTokens } = call
    if (!card || inputTokens === null) return undefined
    const written =
      cacheWriteTokens === null ? {} : { cacheWriteTokens: Math.min(cacheWriteTokens, inputTokens - cachedTokens) }
    const usage = { inputTokens, outputTokens: outputTokens ?? 0, cacheReadTokens: cachedTokens, ...written }
    return bill(card, usage).cost?.picoUsd
  }
}
