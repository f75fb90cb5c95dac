import { GENAI_PRICES } from './generated/genai-prices.ts'

/** How the list tells which names an entry stands for. */
export type MatchLogic =
  | { readonly or: readonly MatchLogic[] }
  | { readonly and: readonly MatchLogic[] }
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string }

/** A price, or one that depends on the length of the prompt. */
export type ListedPrice =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] }

/** Prices by the list's keys: `input_mtok` is USD for a million tokens of input. */
export type ModelPrice = Readonly<Record<string, ListedPrice>>

interface ConditionalPrice {
  readonly prices: ModelPrice
  /** `start_date`: from this UTC day on. `time_of_date`: at some hours of the day. */
  readonly constraint?: { readonly type: string; readonly start_date?: string }
}

/** A model of the list. */
export interface ListedModel {
  readonly id: string
  readonly match: MatchLogic
  readonly prices: ModelPrice | readonly ConditionalPrice[]
  /** Tokens that the model can read and write in one call. */
  readonly window?: number
}

interface ListedProvider {
  readonly models: readonly ListedModel[]
  /** Providers by whose entries the models are priced that this one does not list itself. */
  readonly fallbacks?: readonly string[]
}

/** A date without dashes, which the list spells with them. */
const COMPACT_DATE = /-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g

const providers = new Map<string, ListedProvider>()

/** Reads the models of one provider, which takes less than a millisecond, once. */
function providerOf(id: string): ListedProvider | undefined {
  const known = providers.get(id)
  const text = GENAI_PRICES[id]
  if (known || text === undefined) return known
  const provider = JSON.parse(text) as ListedProvider
  providers.set(id, provider)
  return provider
}

/**
 * The entry that the list itself answers with: the first whose clauses fit, also when the date is written with dashes.
 *
 * @param name the model, trimmed and in lower case.
 */
export function findListedModel(providerId: string, name: string): ListedModel | undefined {
  const provider = providerOf(providerId)
  if (!provider) return undefined
  const sources = [provider, ...(provider.fallbacks ?? []).map(providerOf)]
  const spelledOut = name.replaceAll(COMPACT_DATE, '-$1-$2-$3')
  return firstMatch(sources, name) ?? (spelledOut === name ? undefined : firstMatch(sources, spelledOut))
}

function firstMatch(sources: readonly (ListedProvider | undefined)[], name: string): ListedModel | undefined {
  for (const source of sources) {
    const model = source?.models.find(({ match }) => fits(match, name))
    if (model) return model
  }
  return undefined
}

function fits(match: MatchLogic, name: string): boolean {
  if ('or' in match) return match.or.some((clause) => fits(clause, name))
  if ('and' in match) return match.and.every((clause) => fits(clause, name))
  if ('equals' in match) return name === match.equals.toLowerCase()
  if ('starts_with' in match) return name.startsWith(match.starts_with.toLowerCase())
  if ('ends_with' in match) return name.endsWith(match.ends_with.toLowerCase())
  if ('contains' in match) return name.includes(match.contains.toLowerCase())
  return new RegExp(match.regex).test(name)
}

/**
 * What a model costs on a day.
 *
 * @returns `undefined` for prices by the hour: they hold on some days of the week only, which the list cannot say, so that it may be off by a
 *   factor of two.
 */
export function pricesOn({ prices }: ListedModel, day: Date): ModelPrice | undefined {
  if (!isConditional(prices)) return prices
  if (prices.some(({ constraint }) => constraint !== undefined && constraint.type !== 'start_date')) return undefined
  const current = prices.findLast(
    ({ constraint }) => constraint?.start_date === undefined || day >= new Date(constraint.start_date),
  )
  return (current ?? prices[0])?.prices
}

const isConditional = (prices: ListedModel['prices']): prices is readonly ConditionalPrice[] => Array.isArray(prices)
