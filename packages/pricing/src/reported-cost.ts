import { type Cost, type CostPart, PROVIDER_SOURCE, type Provider, type ReportedCost } from '@tokenmeter/meter'
import { GLOBAL_ZONE } from './rate-card.ts'
import { STANDARD_TIER } from './tier.ts'
import { charge, decimalFromNumber, multiplyDecimals, unitPrice, usdFromPico } from './usd.ts'

/** Providers that are known to report in USD, and where: a number of the same name elsewhere may be anything. */
const REPORTS_USD: ReadonlyMap<Provider, ReportedCost['field']> = new Map([
  ['openrouter', 'cost'],
  ['perplexity', 'cost.total_cost'],
  ['x_ai', 'cost_in_usd_ticks'],
])

/** A tick is 10⁻¹⁰ USD (https://docs.x.ai/developers/cost-tracking, 2026-11-24). */
const USD_PER_MILLION_TICKS = '0.0001'

/**
 * What the provider says that the call cost, if it is one of those that are known to say it in USD. It wins over every price list: it is what is
 * charged, discounts and fees included.
 */
export function reportedCost(
  provider: Provider,
  reported: ReportedCost | undefined,
  atMs: number,
  tier: string | undefined,
): Cost | undefined {
  if (!reported || REPORTS_USD.get(provider) !== reported.field) return undefined
  const breakdown = partsOf(reported)
  const picoUsd = breakdown.reduce((sum, { picoUsd: amount }) => sum + amount, 0n)
  return {
    picoUsd,
    usd: usdFromPico(picoUsd),
    breakdown,
    priceSource: PROVIDER_SOURCE,
    priceDate: new Date(atMs).toISOString().slice(0, 10),
    tier: tier ?? STANDARD_TIER,
    zone: GLOBAL_ZONE,
  }
}

function partsOf({ field, amount, upstream }: ReportedCost): readonly CostPart[] {
  if (field === 'cost_in_usd_ticks') return [lineOf('reported', USD_PER_MILLION_TICKS, amount)]
  const parts = [lineOf('reported', inMillions(amount), 1)]
  return upstream === undefined ? parts : [...parts, lineOf('reported_upstream', inMillions(upstream), 1)]
}

function lineOf(name: string, usdPerMillion: string, units: number): CostPart {
  return { part: name, units, usdPerMillion, picoUsd: charge(unitPrice(usdPerMillion), units) }
}

const inMillions = (usd: number): string => multiplyDecimals(decimalFromNumber(usd), '1000000')
