import type { CostPart, PriceResult, Units, Usage } from '@tokenmeter/meter'
import { type Part, PARTS, type RateCard, type Rates, unpriced } from './rate-card.ts'
import { charge, type UnitPrice, unitPrice, usdFromPico } from './usd.ts'

type Counts = Partial<Record<Part, number>>
type UnitPrices = Readonly<Partial<Record<Part, UnitPrice>>>

/** A rate card with its decimal strings read. */
interface ReadCard {
  readonly prices: UnitPrices
  readonly longContext: readonly { readonly aboveInputTokens: number; readonly prices: UnitPrices }[]
}

/** The requests that usage and units are of, where they are not of one. */
export interface Requests {
  readonly count: number
  /** Input tokens of the longest of them. */
  readonly longestInput: number
}

const NO_USAGE = unpriced('no_usage')
const UNKNOWN_UNIT = unpriced('unknown_unit')

const readCards = new WeakMap<RateCard, ReadCard>()

/**
 * Multiplies usage and units by the rates of a card: exact integers, so that the parts add up to the total.
 *
 * @returns no cost but `unknown_unit` when something was used that the card has no rate for, or when the parts of the usage
 *   overlap, as when cached audio is not told apart from cached text; `no_usage` when a count is no number.
 * @throws TypeError when a rate of the card is not a decimal.
 */
export function bill(
  card: RateCard,
  usage: Usage | undefined,
  units?: Units,
  { count: requests, longestInput }: Requests = { count: 1, longestInput: usage?.inputTokens ?? 0 },
): PriceResult {
  const prices = pricesFor(card, longestInput)
  const counts: Counts = usage ? splitUsage(usage) : {}
  if (units) Object.assign(counts, countUnits(units))
  if (prices.request) counts.request = requests
  if ((units?.containers?.unknown ?? 0) > 0) return UNKNOWN_UNIT
  const breakdown: CostPart[] = []
  let picoUsd = 0n
  for (let index = 0; index < PARTS.length; index++) {
    const part = PARTS[index] as Part
    const count = counts[part] ?? 0
    if (count === 0) continue
    if (!Number.isSafeInteger(count) && !isFraction(part, count)) return NO_USAGE
    const price = prices[part]
    if (count < 0 || !price) return UNKNOWN_UNIT
    const amount = charge(price, count)
    picoUsd += amount
    breakdown.push({ part, units: count, usdPerMillion: price.usdPerMillion, picoUsd: amount })
  }
  const { source: priceSource, date: priceDate, tier, zone } = card
  return { cost: { picoUsd, usd: usdFromPico(picoUsd), breakdown, priceSource, priceDate, tier, zone } }
}

/**
 * Usage in disjoint parts. Cached tokens whose modality is not reported are taken for text;
 * where that cannot be, `input` comes out negative. Reasoning and predictions are output like any other.
 */
function splitUsage(usage: Usage): Counts {
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, input, output, cacheRead } = usage
  const { cacheWrite12hTokens: keptLong = 0 } = usage
  const cachedAudio = cacheRead?.audio ?? 0
  const cachedImage = cacheRead?.image ?? 0
  const freshAudio = (input?.audio ?? 0) - cachedAudio
  const freshImage = (input?.image ?? 0) - cachedImage
  const outputAudio = output?.audio ?? 0
  const outputImage = output?.image ?? 0
  return {
    input: inputTokens - cacheReadTokens - cacheWriteTokens - freshAudio - freshImage,
    cache_read: cacheReadTokens - cachedAudio - cachedImage,
    cache_write: cacheWriteTokens - keptLong,
    cache_write_12h: keptLong,
    input_audio: freshAudio,
    cache_read_audio: cachedAudio,
    input_image: freshImage,
    cache_read_image: cachedImage,
    output: outputTokens - outputAudio - outputImage,
    output_audio: outputAudio,
    output_image: outputImage,
  }
}

/** Only time comes in fractions. */
function isFraction(part: Part, count: number): boolean {
  return (
    (part === 'input_seconds' || part === 'output_seconds') && Number.isFinite(count) && count < Number.MAX_SAFE_INTEGER
  )
}

function countUnits(units: Units): Counts {
  const { containers = {} } = units
  return {
    input_characters: units.inputCharacters ?? 0,
    input_seconds: units.inputSeconds ?? 0,
    output_seconds: units.outputSeconds ?? 0,
    output_images: units.outputImages ?? 0,
    web_search: units.webSearches ?? 0,
    web_search_preview: units.webSearchPreviews ?? 0,
    file_search: units.fileSearches ?? 0,
    container_1g: containers['1g'] ?? 0,
    container_4g: containers['4g'] ?? 0,
    container_16g: containers['16g'] ?? 0,
    container_64g: containers['64g'] ?? 0,
  }
}

function pricesFor(card: RateCard, inputTokens: number): UnitPrices {
  let read = readCards.get(card)
  if (!read) {
    read = readCard(card)
    readCards.set(card, read)
  }
  let { prices } = read
  for (const step of read.longContext) if (inputTokens > step.aboveInputTokens) ({ prices } = step)
  return prices
}

function readCard({ rates, longContext }: RateCard): ReadCard {
  return {
    prices: readRates(rates),
    longContext: longContext.map((step) => ({
      aboveInputTokens: step.aboveInputTokens,
      prices: readRates(step.rates),
    })),
  }
}

function readRates(rates: Rates): UnitPrices {
  return Object.fromEntries(Object.entries(rates).map(([part, rate]) => [part, unitPrice(rate)]))
}
