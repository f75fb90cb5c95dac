import { createPriceBook, type Part, type PriceBook } from '../src/index.ts'

/** One figure of a price list: what a million units of a part cost. */
export interface Quote {
  readonly provider: string
  readonly model: string
  readonly tier: string
  readonly zone: string
  readonly part: Part
  /** For prompts of more tokens than this. */
  readonly aboveInputTokens: number
  /** A decimal. */
  readonly usdPerMillion: string
}

/** A figure of a witness that is not ours. */
export interface Difference extends Quote {
  readonly witness: string
  /** Ours; `undefined` where we have none. */
  readonly ours: string | undefined
  /** Why we have none. */
  readonly unpriced?: string | undefined
}

/** The day whose prices are compared, so that the check says the same on every day. */
export const CHECK_DAY: Date = new Date('2026-11-27T12:00:00Z')

/** Videos and images of some models have a price only by their size: the smallest is what lists quote. */
const VARIANTS = [{}, { size: '1280x720' }, { size: '1024x1024', quality: 'standard' }]

/** Figures of `quotes` that our book does not have, or has otherwise. */
export function compare(witness: string, quotes: readonly Quote[], book: PriceBook = createPriceBook()): Difference[] {
  return quotes.flatMap((quote) => {
    const { rate, unpriced } = ourRate(book, quote)
    if (rate !== undefined && isSame(rate, quote.usdPerMillion)) return []
    return [{ ...quote, witness, ours: rate, unpriced }]
  })
}

function ourRate(
  book: PriceBook,
  { provider, model, tier, zone, part, aboveInputTokens }: Quote,
): { readonly rate?: string | undefined; readonly unpriced?: string | undefined } {
  const found = VARIANTS.map((variant) => book.resolve(provider, model, CHECK_DAY, tier, zone, variant))
  const card = found.find((resolution) => resolution.card)?.card
  if (!card) return { unpriced: found[0]?.unpriced }
  const step = card.longContext.findLast((candidate) => aboveInputTokens >= candidate.aboveInputTokens)
  return { rate: (step?.rates ?? card.rates)[part] }
}

/** Lists round: half a millionth of a price is no difference. */
function isSame(a: string, b: string): boolean {
  return Math.abs(Number(a) - Number(b)) <= Number(b) * 5e-7
}
