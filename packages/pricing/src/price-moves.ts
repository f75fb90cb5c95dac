import type { PriceBook } from './price-book.ts'
import type { PriceEntry } from './price-entry.ts'
import { createPriceTable } from './price-table.ts'
import { GLOBAL_ZONE, type Part, type PriceQuery, type RateCard, type Rates } from './rate-card.ts'
import { STANDARD_TIER } from './tier.ts'
import { unitPrice } from './usd.ts'

/** Prices fall by half, or double, from one model to the next. Ten times is a slip of the decimal point, or of the unit. */
const MOST_FACTOR = 10n
/** Prices that are compared before the event loop has its turn: about a millisecond. */
const SLICE = 50
const DAY_MS = 86_400_000

/**
 * What costs more than ten times, or less than a tenth, of what it costs by the prices in force: a line for each. A price that is new has nothing to
 * be compared with. Free is infinitely less than anything else.
 */
export async function movedPrices(entries: readonly PriceEntry[], book: PriceBook, nowMs: number): Promise<string[]> {
  const table = createPriceTable(entries)
  const moved = new Set<string>()
  let compared = 0
  for (const entry of entries) {
    for (const query of queriesOf(entry, nowMs)) {
      if (++compared % SLICE === 0) await nextTurn()
      const { provider, model, day, tier, zone, size, quality } = query
      const { card: before } = book.resolve(provider, model, day, tier, zone, { size, quality })
      const { card: after } = table.find(query)
      if (before && after) for (const line of movesOf(before, after)) moved.add(line)
    }
  }
  return [...moved]
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0).unref())
}

/** Every call that the entry could be for, on a day on which it holds: today if it does. */
function* queriesOf(entry: PriceEntry, nowMs: number): Generator<PriceQuery> {
  const { provider, models, tiers = [STANDARD_TIER], zoneFactors = {}, sizes, qualities } = entry
  const day = dayOf(entry, nowMs)
  const zones = entry.zone === undefined ? [GLOBAL_ZONE, ...Object.keys(zoneFactors)] : [entry.zone]
  for (const model of models)
    for (const tier of tiers)
      for (const zone of zones)
        for (const size of sizes ?? [undefined])
          for (const quality of qualities ?? [undefined]) yield { provider, model, day, tier, zone, size, quality }
}

function dayOf({ from, until }: PriceEntry, nowMs: number): Date {
  const begins = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from)
  const ends = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until) - DAY_MS
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS
  return new Date(Math.max(begins, Math.min(ends, today)))
}

function* movesOf(before: RateCard, after: RateCard): Generator<string> {
  yield* moves(before.rates, after.rates, after)
  const steps = new Set([...before.longContext, ...after.longContext].map((step) => step.aboveInputTokens))
  for (const step of steps) yield* moves(ratesAbove(before, step), ratesAbove(after, step), after)
}

function ratesAbove({ rates, longContext }: RateCard, inputTokens: number): Rates {
  return longContext.findLast((step) => step.aboveInputTokens <= inputTokens)?.rates ?? rates
}

function* moves(before: Rates, after: Rates, { provider, model, tier, zone }: RateCard): Generator<string> {
  for (const [part, price] of Object.entries(after) as [Part, string][]) {
    const known = before[part]
    if (known === undefined || !isFar(known, price)) continue
    const where = [tier, zone].filter((word) => word !== STANDARD_TIER && word !== GLOBAL_ZONE)
    yield `${part} of ${[provider, model, ...where].join(' ')} from ${known} to ${price}`
  }
}

function isFar(before: string, after: string): boolean {
  const [a, b] = [unitPrice(before), unitPrice(after)]
  const [old, recent] = [a.numerator * b.denominator, b.numerator * a.denominator]
  return old > MOST_FACTOR * recent || recent > MOST_FACTOR * old
}
