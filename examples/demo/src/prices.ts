import type { ServedUsage } from './served.ts'

/** Prices of one model in pico-USD (10⁻¹² USD) a token: $0.40 a million tokens is 400,000. */
interface ModelPrice {
  readonly input: bigint
  readonly cached: bigint
  readonly output: bigint
}

/**
 * List prices of the models in the demo, written by hand, so that the check does not ask the price book about itself.
 *
 * Source: OpenAI's price list (developers.openai.com/api/docs/pricing), standard tier, as published copies of March to
 * June 2026 quote it, looked up on 2026-11-24. A Global deployment of gpt-4.1-mini on Azure costs the same; other kinds
 * of deployment cost more.
 */
const LIST_PRICES: Readonly<Record<string, ModelPrice>> = {
  // $0.40 in, $0.10 cached, $1.60 out
  'gpt-4.1-mini-2025-04-14': { input: 400_000n, cached: 100_000n, output: 1_600_000n },
  // $0.25 in, $0.025 cached, $2.00 out
  'gpt-5-mini-2025-08-07': { input: 250_000n, cached: 25_000n, output: 2_000_000n },
  // $0.02 in
  'text-embedding-3-small': { input: 20_000n, cached: 20_000n, output: 0n },
}

/** What an answer costs, exactly, in pico-USD; `undefined` for a model that is not on the list. */
export function priceOf(model: string, usage: ServedUsage): bigint | undefined {
  const price = LIST_PRICES[model]
  if (!price) return undefined
  const fresh = BigInt(usage.inputTokens - usage.cachedTokens)
  return fresh * price.input + BigInt(usage.cachedTokens) * price.cached + BigInt(usage.outputTokens) * price.output
}
