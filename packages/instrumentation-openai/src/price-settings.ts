import { warnOnce } from '@tokenmeter/meter'
import {
  type AzureSettings,
  createPriceBook,
  type CurrencySettings,
  type PriceBook,
  type PriceFile,
  PriceRefresher,
  type PriceRefreshSettings,
} from '@tokenmeter/pricing'

/** What the operator knows about prices. What cannot be used is said once, with every field that is wrong, and left out. */
export interface PriceSettings {
  /** Prices of your own, which win over all others: in code, or the path of a JSON file. */
  readonly prices?: PriceFile | string
  /** The models behind deployments of Azure's, and the zone in which they process. */
  readonly azure?: AzureSettings
  /** A currency that costs are shown in beside USD. */
  readonly currency?: CurrencySettings
  /** An address or a file from which new prices come while the watch runs. Default: prices stay what they are, and nothing is asked for. */
  readonly priceRefresh?: PriceRefreshSettings
}

/** A price book that is made when it is asked for. */
export type LatePriceBook = () => PriceBook

/**
 * A price book by the settings that make sense. The lists of prices take some milliseconds to load, which a start should not wait for: it is made when a call asks
 * for it; but where there are settings that may be wrong, at once.
 */
export function priceBookOf(settings: PriceSettings): LatePriceBook {
  let book: PriceBook | undefined
  const made = (): PriceBook => (book ??= makeBook(settings))
  if (Object.keys(settings).length > 0) made()
  return made
}

function makeBook({ prices, azure, currency }: PriceSettings): PriceBook {
  const settings = {
    ...(prices !== undefined && isUsable({ prices }) && { prices }),
    ...(azure !== undefined && isUsable({ azure }) && { azure }),
    ...(currency !== undefined && isUsable({ currency }) && { currency }),
  }
  return createPriceBook(settings)
}

/** What brings new prices into the book, if that is asked for in a way that makes sense. */
export function refresherOf(book: LatePriceBook, { priceRefresh }: PriceSettings): PriceRefresher | undefined {
  return priceRefresh && usable(() => new PriceRefresher(book(), priceRefresh))
}

function isUsable(settings: PriceSettings): boolean {
  return usable(() => createPriceBook(settings)) !== undefined
}

function usable<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    warnOnce(`price settings ${why}`, `tokenmeter: ${why}; going on without`)
    return undefined
  }
}
