import type { UnpricedReason } from '@tokenmeter/meter'
import type { PriceList, PriceQuery, Resolution } from './rate-card.ts'

/** Answers that only say that a list does not know what it was asked for. */
const SAYS_LITTLE: ReadonlySet<UnpricedReason> = new Set(['unknown_model', 'unknown_provider'])

/**
 * Asks price lists in turn. The first that has a price answers; if none has, the first that knows why: a list that knows the model
 * but not in this tier says more than one that has never heard of it. Among those the last one speaks.
 */
export function chainPriceLists(lists: readonly PriceList[]): PriceList {
  return Object.freeze({
    find(query: PriceQuery): Resolution {
      let answer: Resolution | undefined
      for (const list of lists) {
        const resolution = list.find(query)
        if (resolution.card) return resolution
        if (!answer?.unpriced || SAYS_LITTLE.has(answer.unpriced)) answer = resolution
      }
      return answer ?? { unpriced: 'unknown_model' }
    },
  })
}
