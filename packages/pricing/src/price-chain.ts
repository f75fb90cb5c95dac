import type { UnpricedReason } from '@tokenmeter/meter'
import type { PriceList, PriceQuery, RateCard, Rates, Resolution } from './rate-card.ts'

/** Answers that only say that a list does not know what it was asked for. */
const SAYS_LITTLE: ReadonlySet<UnpricedReason> = new Set(['unknown_model', 'unknown_provider'])

/**
 * Asks price lists in turn. The first that has a price answers; if none has, the first that knows why: a list that knows the model
 * but not in this tier says more than one that has never heard of it. Among those the last one speaks. Fees of the
 * provider's own tools that the answer has no rates for are those of the first list that knows them.
 */
export function chainPriceLists(lists: readonly PriceList[]): PriceList {
  return Object.freeze({
    find(query: PriceQuery): Resolution {
      let answer: Resolution | undefined
      for (const list of lists) {
        const resolution = list.find(query)
        if (resolution.card) return withFees(resolution.card, feesOf(lists, query))
        if (!answer?.unpriced || SAYS_LITTLE.has(answer.unpriced)) answer = resolution
      }
      return answer ?? { unpriced: 'unknown_model' }
    },
  })
}

function feesOf(lists: readonly PriceList[], query: PriceQuery): Rates | undefined {
  for (const list of lists) {
    const fees = list.feesOf?.(query)
    if (fees) return fees
  }
  return undefined
}

function withFees(card: RateCard, fees: Rates | undefined): Resolution {
  if (!fees) return { card }
  const longContext = card.longContext.map((step) =>
    Object.freeze({ ...step, rates: Object.freeze({ ...fees, ...step.rates }) }),
  )
  const rates = Object.freeze({ ...fees, ...card.rates })
  return Object.freeze({ card: Object.freeze({ ...card, rates, longContext: Object.freeze(longContext) }) })
}
