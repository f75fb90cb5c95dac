import type { CostPart, PriceResult, Units, Usage } from '@tokenmeter/meter'
import { type Part, type RateCard, type Rates, unpriced } from './rate-card.ts'
import { charge, type UnitPrice, unitPrice, usdFromPico } from './usd.ts'

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
export function bill(card: RateCard, usage: Usage | undefined, units?: Units, requests?: Requests): PriceResult {
  const prices = pricesFor(card, requests ? requests.longestInput : (usage?.inputTokens ?? 0))
  if ((units?.containers?.unknown ?? 0) > 0) return UNKNOWN_UNIT
  sheet.start()
  const refusal = (usage && billUsage(prices, usage)) ?? billUnits(prices, units, requests?.count ?? 1)
  if (refusal) return refusal
  const breakdown = sheet.finish()
  let picoUsd = breakdown[0]?.picoUsd ?? 0n
  for (let line = 1; line < breakdown.length; line++) picoUsd += (breakdown[line] as CostPart).picoUsd
  const { source: priceSource, date: priceDate, tier, zone } = card
  return { cost: { picoUsd, usd: usdFromPico(picoUsd), breakdown, priceSource, priceDate, tier, zone } }
}

/** Takes the lines of one bill at a time, because an array that grows line by line has room for seventeen of them. */
class BillSheet {
  readonly #lines: CostPart[] = []
  #length = 0

  start(): void {
    this.#length = 0
  }

  add(line: CostPart): void {
    this.#lines[this.#length++] = line
  }

  finish(): CostPart[] {
    return this.#lines.slice(0, this.#length)
  }
}

const sheet = new BillSheet()

/** Why there is no cost, if there is none. */
type Refusal = typeof NO_USAGE | undefined

function addLine(part: Part, price: UnitPrice | undefined, count: number): Refusal {
  if (count === 0) return undefined
  if (!Number.isSafeInteger(count) && !isFraction(part, count)) return NO_USAGE
  if (count < 0 || !price) return UNKNOWN_UNIT
  sheet.add({ part, units: count, usdPerMillion: price.usdPerMillion, picoUsd: charge(price, count) })
  return undefined
}

/**
 * Usage in disjoint parts, in the order of `PARTS`. Cached tokens whose modality is not reported are taken for text;
 * where that cannot be, `input` comes out negative. Reasoning and predictions are output like any other.
 */
function billUsage(prices: UnitPrices, usage: Usage): Refusal {
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, input, output, cacheRead } = usage
  const { cacheWrite12hTokens: keptLong = 0 } = usage
  const cachedAudio = cacheRead?.audio ?? 0
  const cachedImage = cacheRead?.image ?? 0
  const freshAudio = (input?.audio ?? 0) - cachedAudio
  const freshImage = (input?.image ?? 0) - cachedImage
  const outputAudio = output?.audio ?? 0
  const outputImage = output?.image ?? 0
  const freshText = inputTokens - cacheReadTokens - cacheWriteTokens - freshAudio - freshImage
  const cachedText = cacheReadTokens - cachedAudio - cachedImage
  return (
    addLine('input', prices.input, freshText) ??
    addLine('cache_read', prices.cache_read, cachedText) ??
    addLine('cache_write', prices.cache_write, cacheWriteTokens - keptLong) ??
    addLine('cache_write_12h', prices.cache_write_12h, keptLong) ??
    addLine('input_audio', prices.input_audio, freshAudio) ??
    addLine('cache_read_audio', prices.cache_read_audio, cachedAudio) ??
    addLine('input_image', prices.input_image, freshImage) ??
    addLine('cache_read_image', prices.cache_read_image, cachedImage) ??
    addLine('output', prices.output, outputTokens - outputAudio - outputImage) ??
    addLine('output_audio', prices.output_audio, outputAudio) ??
    addLine('output_image', prices.output_image, outputImage)
  )
}

/** Only time comes in fractions. */
function isFraction(part: Part, count: number): boolean {
  return (
    (part === 'input_seconds' || part === 'output_seconds') && Number.isFinite(count) && count < Number.MAX_SAFE_INTEGER
  )
}

/** What is charged beside tokens, in the order of `PARTS`. */
function billUnits(prices: UnitPrices, units: Units | undefined, requests: number): Refusal {
  if (!units) return prices.request && addLine('request', prices.request, requests)
  const { containers = {} } = units
  return (
    addLine('input_characters', prices.input_characters, units.inputCharacters ?? 0) ??
    addLine('input_seconds', prices.input_seconds, units.inputSeconds ?? 0) ??
    addLine('output_seconds', prices.output_seconds, units.outputSeconds ?? 0) ??
    addLine('output_images', prices.output_images, units.outputImages ?? 0) ??
    (prices.request && addLine('request', prices.request, requests)) ??
    addLine('web_search', prices.web_search, units.webSearches ?? 0) ??
    addLine('web_search_preview', prices.web_search_preview, units.webSearchPreviews ?? 0) ??
    addLine('file_search', prices.file_search, units.fileSearches ?? 0) ??
    addLine('container_1g', prices.container_1g, containers['1g'] ?? 0) ??
    addLine('container_4g', prices.container_4g, containers['4g'] ?? 0) ??
    addLine('container_16g', prices.container_16g, containers['16g'] ?? 0) ??
    addLine('container_64g', prices.container_64g, containers['64g'] ?? 0)
  )
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
