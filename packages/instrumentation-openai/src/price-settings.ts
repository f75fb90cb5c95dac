import { warnOnce } from '@tokenmeter/meter'
import { type AzureSettings, createPriceBook, type PriceBook, type PriceFile } from '@tokenmeter/pricing'

/** What the operator knows about prices. */
export interface PriceSettings {
  /**
   * Prices of your own, which win over all others: in code, or the path of a JSON file. Prices that cannot be used are said once, with every field
   * that is wrong, and left out.
   */
  readonly prices?: PriceFile | string
  /** The models behind deployments of Azure's, and the zone in which they process. What cannot be used is said once, and left out. */
  readonly azure?: AzureSettings
}

/** A price book by the settings that make sense; what is wrong with the others is said once. */
export function priceBookOf({ prices, azure }: PriceSettings): PriceBook {
  const settings = {
    ...(prices !== undefined && isUsable({ prices }) && { prices }),
    ...(azure !== undefined && isUsable({ azure }) && { azure }),
  }
  return createPriceBook(settings)
}

function isUsable(settings: PriceSettings): boolean {
  try {
    createPriceBook(settings)
    return true
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    warnOnce(`price settings ${why}`, `tokenmeter: ${why}; going on without`)
    return false
  }
}
