import type { Provider, UnpricedReason } from '@tokenmeter/meter'

/**
 * What a unit can be charged as, in the order in which a bill lists it. The values are the `part` of a cost's breakdown. Tokens come
 * first; their parts are disjoint: `input` is text that was neither read from nor written to the cache, and so on. Then characters to be
 * spoken, seconds of audio to be transcribed, seconds of video and images made; then what is charged for every request, calls of the
 * provider's own tools, and sessions of containers by their memory.
 */
export const PARTS = [
  'input',
  'cache_read',
  'cache_write',
  'cache_write_12h',
  'input_audio',
  'cache_read_audio',
  'input_image',
  'cache_read_image',
  'output',
  'output_audio',
  'output_image',
  'input_characters',
  'input_seconds',
  'output_seconds',
  'output_images',
  'request',
  'web_search',
  'web_search_preview',
  'file_search',
  'container_1g',
  'container_4g',
  'container_16g',
  'container_64g',
] as const

/** What a unit can be charged as. */
export type Part = (typeof PARTS)[number]

/** The parts that are tokens. */
export const TOKEN_PARTS: readonly Part[] = PARTS.slice(0, PARTS.indexOf('input_characters'))

/**
 * USD for a million units of each part, as decimal strings. A part without a rate has no known price,
 * which is not a price of 0: a call that used it has no cost.
 */
export type Rates = Readonly<Partial<Record<Part, string>>>

/** Rates for long prompts. They hold for the whole request, not only for the tokens beyond the threshold. */
export interface LongContextRates {
  /** The step applies when a request has more input tokens than this, cached ones included. */
  readonly aboveInputTokens: number
  readonly rates: Rates
}

/** The prices of one model at one provider, in one tier, on one day. Frozen. */
export interface RateCard {
  readonly provider: Provider
  /** The model as it was asked for. */
  readonly model: string
  /** The entry of the price list that answered: `gpt-4o` for `gpt-4o-2024-08-06`. */
  readonly listedAs: string
  /** The service tier that the rates are for: `standard`. */
  readonly tier: string
  /** Where the calls are processed that the rates are for: `global`. */
  readonly zone: string
  /** The price list with its version: `genai-prices@0.1.8`. */
  readonly source: string
  /** The day the price list was made, `YYYY-MM-DD`. */
  readonly date: string
  readonly rates: Rates
  /** Ascending by threshold; empty for most models. */
  readonly longContext: readonly LongContextRates[]
}

/** What a price list is asked for. */
export interface PriceQuery {
  /** A value of `gen_ai.provider.name`, or the provider's common name. */
  readonly provider: Provider
  readonly model: string
  /** The first moment of the UTC day of the call. */
  readonly day: Date
  readonly tier: string
  /** Where the call is processed: `global`, or a zone that the provider sells apart, `eu`. */
  readonly zone: string
  /** Of an image or a video, `1024x1792`. */
  readonly size?: string | undefined
  /** Of an image, `hd`. */
  readonly quality?: string | undefined
}

/** Where calls are processed unless somebody says otherwise. */
export const GLOBAL_ZONE = 'global'

/** Either a rate card, or the reason why there is none. */
export type Resolution =
  | { readonly card: RateCard; readonly unpriced?: undefined }
  | { readonly card?: undefined; readonly unpriced: UnpricedReason }

/** A source of rate cards. */
export interface PriceList {
  /** May throw when the list cannot be had at all: the price book turns that into `price_table_unavailable`. */
  find(query: PriceQuery): Resolution
  /** What calls of the provider's own tools cost by whichever list the model itself is priced; absent, or `undefined`, where nobody knows. */
  feesOf?(query: PriceQuery): Rates | undefined
}

/** The answer of a price list that has no price, and why. */
export function unpriced(reason: UnpricedReason): { readonly unpriced: UnpricedReason } {
  return Object.freeze({ unpriced: reason })
}
