import type { ListedPrice, ModelPrice } from './genai-models.ts'
import type { LongContextRates, Part, Rates } from './rate-card.ts'
import { decimalFromNumber } from './usd.ts'

/** Price keys of genai-prices for a million tokens, from its units table. */
const PART_OF_KEY: Readonly<Record<string, Part>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cache_read',
  cache_write_mtok: 'cache_write',
  input_audio_mtok: 'input_audio',
  cache_audio_read_mtok: 'cache_read_audio',
  input_image_mtok: 'input_image',
  cache_image_read_mtok: 'cache_read_image',
  output_mtok: 'output',
  output_audio_mtok: 'output_audio',
  output_image_mtok: 'output_image',
}

/** Fees of tools that a call may use; they do not change what its tokens cost. */
const TOOL_FEES: ReadonlySet<string> = new Set(['web_searches_kcount', 'storage_searches_kcount'])

/** A second rate for writing to the cache, by how long it is kept. Usage does not tell the two apart. */
const LONG_CACHE_WRITE = 'cache_write_1h_mtok'

/** Rates as the list has them, before the rules for what it leaves out. */
interface ListedRates {
  readonly rates: Rates
  readonly longContext: readonly LongContextRates[]
}

/**
 * Reads the prices of one entry of genai-prices.
 *
 * @param isFineTuned whether the entry is for fine-tuned models.
 * @returns `undefined` when the entry charges by something that usage in tokens does not say, such as seconds, pages or requests.
 */
export function readRates(prices: ModelPrice, isFineTuned: boolean): ListedRates | undefined {
  const listed: [Part, ListedPrice][] = []
  for (const [key, price] of Object.entries(prices)) {
    if (TOOL_FEES.has(key) || key === LONG_CACHE_WRITE) continue
    const part = PART_OF_KEY[key]
    if (!part) return undefined
    listed.push([part, price])
  }
  if (prices.input_mtok === undefined) return undefined

  const isCacheWriteAmbiguous = prices[LONG_CACHE_WRITE] !== undefined
  const ratesAbove = (inputTokens: number): Rates => {
    const rates = Object.fromEntries(listed.map(([part, price]) => [part, rateAbove(price, inputTokens)]))
    return completeRates(rates, isFineTuned, isCacheWriteAmbiguous)
  }
  const thresholds = new Set(
    listed.flatMap(([, price]) => (typeof price === 'number' ? [] : price.tiers.map((tier) => tier.start))),
  )
  const longContext = [...thresholds]
    .toSorted((a, b) => a - b)
    .map((aboveInputTokens) => Object.freeze({ aboveInputTokens, rates: ratesAbove(aboveInputTokens) }))
  return { rates: ratesAbove(-1), longContext: Object.freeze(longContext) }
}

/** The rate for requests with more than `inputTokens` of input: the last step that begins there or before. */
function rateAbove(price: ListedPrice, inputTokens: number): string {
  if (typeof price === 'number') return decimalFromNumber(price)
  const steps = price.tiers.filter((tier) => tier.start <= inputTokens).toSorted((a, b) => a.start - b.start)
  return decimalFromNumber(steps.at(-1)?.price ?? price.base)
}

/**
 * Adds the rates that the list leaves out because they are the same as another. Its rule, and OpenAI's: input that has
 * no rate of its own costs what input costs, so cached tokens without a discount are charged in full,
 * and the images that a chat model reads are charged as input.
 *
 * Not so for audio, nor for images that are generated: they cost many times what text does, and a list without their rate does not know it.
 * Not so for cached input of fine-tuned models, which OpenAI discounts and genai-prices 0.1.8 does not list.
 */
function completeRates(listed: Rates, isFineTuned: boolean, isCacheWriteAmbiguous: boolean): Rates {
  const rates: Partial<Record<Part, string>> = { ...listed }
  const fill = (part: Part, rate: string | undefined): void => {
    if (rates[part] === undefined && rate !== undefined) rates[part] = rate
  }
  if (!isFineTuned) fill('cache_read', rates.input)
  if (isCacheWriteAmbiguous) delete rates.cache_write
  else fill('cache_write', rates.input)
  fill('cache_read_audio', rates.input_audio)
  fill('cache_read_image', rates.input_image ?? rates.cache_read)
  fill('input_image', rates.input)
  return Object.freeze(rates)
}
