import type { LongContextRates, Rates } from './rate-card.ts'

/** What some models cost at a provider, in some tiers, from one day to another. Overlay, overrides and refreshed files are lists of these. */
export interface PriceEntry {
  /** A value of `gen_ai.provider.name`, or the provider's common name. */
  readonly provider: string
  /** Whole names, not beginnings: what is not listed has no price here. Compared without regard to case. */
  readonly models: readonly string[]
  /** Whether dated snapshots of the models, `gpt-6-sol-2026-10-01`, cost the same; `false` by default. */
  readonly snapshots?: boolean
  /** Service tiers the entry is for, as responses name them; `['standard']` by default. `batch` is what batches are charged at. */
  readonly tiers?: readonly string[]
  /** Where calls are processed: `global`, `eu`, `us`. Absent: everywhere that has no entry of its own. */
  readonly zone?: string
  /** What tokens cost in other zones, as a multiple of `rates` by zone: `{ "eu": "1.1" }`. The entry is then for those zones and for `global`. */
  readonly zoneFactors?: Readonly<Record<string, string>>
  /** Sizes of the image or video that the entry is for, `1024x1792`. Absent: any that has no entry of its own. */
  readonly sizes?: readonly string[]
  /** Qualities of the image that the entry is for, `hd`. Absent: any that has no entry of its own. */
  readonly qualities?: readonly string[]
  /** The first UTC day on which the price holds, `YYYY-MM-DD`. Absent: it always did. */
  readonly from?: string
  /** The first UTC day on which it no longer holds. Absent: it still does. */
  readonly until?: string
  /** USD for a million units of each part, as decimal strings. */
  readonly rates: Rates
  readonly longContext?: readonly LongContextRates[]
  /** Where the figures were read: a page, a contract. */
  readonly source: string
  /** When they were read, `YYYY-MM-DD`. */
  readonly date: string
}
