import { guard } from './guard.ts'
import { instrumentSet } from './instrument-set.ts'

/**
 * Adds to `ai_redactions_total`: what was taken out of texts before they left, by its class. Never throws, and never sees a text.
 *
 * @param dataClass as the scrubber calls it: `email`, `api_key` …
 */
export function countRedactions(dataClass: string, count: number = 1): void {
  guard('counting redactions', () => instrumentSet().ledger.addRedactions(dataClass, count))
}
