import { diag } from '@opentelemetry/api'
import type { Call } from '@tokenmeter/meter'
import { preloadPrices } from '@tokenmeter/pricing'

/**
 * An `onCall` hook that tells, once, when calls have no cost because the price list is not there.
 *
 * @param next the application's own hook
 */
export function warnWithoutPrices(next: ((call: Call) => void) | undefined): (call: Call) => void {
  let told = false
  return (call) => {
    if (!told && call.unpriced === 'price_table_unavailable') {
      told = true
      diag.warn(preloadPrices()?.message ?? 'The price list cannot be used, so that no call has a cost')
    }
    next?.(call)
  }
}
