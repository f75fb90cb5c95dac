import type { PriceEntry } from './price-entry.ts'
import { listedProvider } from './providers.ts'
import {
  GLOBAL_ZONE,
  type Part,
  type PriceList,
  type PriceQuery,
  type RateCard,
  type Rates,
  type Resolution,
  TOKEN_PARTS,
  unpriced,
} from './rate-card.ts'
import { STANDARD_TIER } from './tier.ts'
import { multiplyDecimals } from './usd.ts'

const UNKNOWN_MODEL = unpriced('unknown_model')
const UNKNOWN_TIER = unpriced('unknown_tier')
const UNKNOWN_ZONE = unpriced('unknown_zone')
const UNKNOWN_UNIT = unpriced('unknown_unit')
const STANDARD: readonly string[] = [STANDARD_TIER]

/** `gpt-6-sol-2026-10-01` */
const SNAPSHOT = /^(.+)-20\d\d-\d\d-\d\d$/
/** `ft:gpt-4o-2024-08-06:acme::id`: the base model is what is priced. */
const FINE_TUNED = /^(ft:[^:]+):/

/**
 * A price list out of entries. Of several that fit a call, the most specific one holds: one for its zone, size and quality before
 * one for all; then the one that began last; then the one that comes last in the list.
 */
export function createPriceTable(entries: readonly PriceEntry[]): PriceList {
  const byModel = new Map<string, PriceEntry[]>()
  for (const entry of entries) {
    for (const model of entry.models) {
      const key = keyOf(entry.provider, model.toLowerCase())
      const known = byModel.get(key)
      if (known) known.push(entry)
      else byModel.set(key, [entry])
    }
  }
  return Object.freeze({
    find(query: PriceQuery): Resolution {
      const listed = listedEntries(byModel, query)
      if (!listed) return UNKNOWN_MODEL
      const day = query.day.toISOString().slice(0, 10)
      const current = listed.entries.filter((entry) => holdsOn(entry, day))
      if (current.length === 0) return UNKNOWN_MODEL
      const inTier = current.filter(({ tiers = STANDARD }) => tiers.includes(query.tier))
      if (inTier.length === 0) return UNKNOWN_TIER
      const inZone = inTier.filter((entry) => isSoldIn(entry, query.zone))
      if (inZone.length === 0) return UNKNOWN_ZONE
      const best = inZone.filter((entry) => isFor(entry, query)).reduce(moreSpecific, undefined)
      return best ? Object.freeze({ card: cardOf(best, query, listed.as) }) : UNKNOWN_UNIT
    },
  })
}

interface Listed {
  readonly as: string
  readonly entries: readonly PriceEntry[]
}

function listedEntries(
  byModel: ReadonlyMap<string, PriceEntry[]>,
  { provider, model }: PriceQuery,
): Listed | undefined {
  const asked = withoutProvider(provider, model.trim().toLowerCase())
  const as = FINE_TUNED.exec(asked)?.[1] ?? asked
  const entries = byModel.get(keyOf(provider, as))
  if (entries) return { as, entries }
  const base = SNAPSHOT.exec(as)?.[1]
  if (base === undefined) return undefined
  const snapshots = byModel.get(keyOf(provider, base))?.filter((entry) => entry.snapshots)
  return snapshots && snapshots.length > 0 ? { as: base, entries: snapshots } : undefined
}

/** Gateways repeat the provider in the model's name, `openai/gpt-4o`. */
function withoutProvider(provider: string, model: string): string {
  return provider === 'openai' && model.startsWith('openai/') ? model.slice('openai/'.length) : model
}

function keyOf(provider: string, model: string): string {
  return `${listedProvider(provider) ?? provider}|${model}`
}

function holdsOn({ from, until }: PriceEntry, day: string): boolean {
  return (from === undefined || from <= day) && (until === undefined || day < until)
}

function isSoldIn({ zone, zoneFactors }: PriceEntry, asked: string): boolean {
  if (zone !== undefined) return zone === asked
  return zoneFactors === undefined || asked === GLOBAL_ZONE || Object.hasOwn(zoneFactors, asked)
}

function isFor({ sizes, qualities }: PriceEntry, { size, quality }: PriceQuery): boolean {
  return (
    (sizes === undefined || (size !== undefined && sizes.includes(size))) &&
    (qualities === undefined || (quality !== undefined && qualities.includes(quality)))
  )
}

function moreSpecific(chosen: PriceEntry | undefined, entry: PriceEntry): PriceEntry {
  if (!chosen) return entry
  const difference = specificity(entry) - specificity(chosen)
  if (difference !== 0) return difference > 0 ? entry : chosen
  return (entry.from ?? '') >= (chosen.from ?? '') ? entry : chosen
}

function specificity({ zone, sizes, qualities }: PriceEntry): number {
  return Number(zone !== undefined) * 4 + Number(sizes !== undefined) * 2 + Number(qualities !== undefined)
}

function cardOf(entry: PriceEntry, { provider, model, tier, zone }: PriceQuery, listedAs: string): RateCard {
  const { source, date, longContext = [] } = entry
  const factor = entry.zoneFactors?.[zone]
  const rates = (listed: Rates): Rates =>
    Object.freeze(factor === undefined ? { ...listed } : scaleTokens(listed, factor))
  const steps = longContext.map((step) => Object.freeze({ ...step, rates: rates(step.rates) }))
  return Object.freeze({
    provider,
    model,
    listedAs,
    tier,
    zone,
    source,
    date,
    rates: rates(entry.rates),
    longContext: Object.freeze(steps.toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens)),
  })
}

/** Fees of tools are the same in every zone. */
function scaleTokens(rates: Rates, factor: string): Rates {
  const scaled: Partial<Record<Part, string>> = { ...rates }
  for (const part of TOKEN_PARTS) {
    const rate = rates[part]
    if (rate !== undefined) scaled[part] = multiplyDecimals(rate, factor)
  }
  return scaled
}
