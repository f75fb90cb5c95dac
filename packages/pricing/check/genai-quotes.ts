import type { Part } from '../src/index.ts'
import { CHECK_DAY, type Quote } from './quote.ts'

/** What the list's price keys are called here, and how many of its units are a million of ours. */
const PARTS: Readonly<Record<string, readonly [part: Part, factor: number]>> = {
  input_mtok: ['input', 1],
  cache_read_mtok: ['cache_read', 1],
  cache_write_mtok: ['cache_write', 1],
  output_mtok: ['output', 1],
  input_audio_mtok: ['input_audio', 1],
  cache_audio_read_mtok: ['cache_read_audio', 1],
  output_audio_mtok: ['output_audio', 1],
  input_image_mtok: ['input_image', 1],
  cache_image_read_mtok: ['cache_read_image', 1],
  output_image_mtok: ['output_image', 1],
  input_mchars: ['input_characters', 1],
  web_searches_kcount: ['web_search', 1000],
  storage_searches_kcount: ['file_search', 1000],
  audio_hours: ['input_seconds', 1_000_000 / 3600],
  input_audio_hours: ['input_seconds', 1_000_000 / 3600],
}

interface Tiered {
  readonly base: string | number
  readonly tiers: readonly { readonly start: number; readonly price: string | number }[]
}
type Price = string | number | Tiered
/** The price of a model by the list's keys; the Python list says in `is` what a record is. */
type ListedPrices = Readonly<Record<string, Price | undefined>>

interface Constraint {
  readonly start_date?: string
  readonly start_time?: string
}
interface Conditional {
  readonly prices: ListedPrices
  readonly constraint?: Constraint | null
}
interface Variant extends Conditional {
  readonly when: Readonly<Record<string, string>>
}
type Clause = { readonly [kind: string]: unknown }

/** A model as the list has it, in JavaScript or in Python. */
export interface ListedModel {
  readonly id: string
  readonly match: unknown
  readonly prices: unknown
  readonly price_variants?: unknown
}

/** The providers whose prices we bundle or list ourselves, by their ids in the list. What a gateway charges, it reports itself. */
export const COMPARED: Readonly<Record<string, Quote['provider']>> = {
  openai: 'openai',
  azure: 'azure.ai.openai',
  anthropic: 'anthropic',
  cerebras: 'cerebras',
  cohere: 'cohere',
  deepseek: 'deepseek',
  fireworks: 'fireworks',
  google: 'gcp.gemini',
  groq: 'groq',
  mistral: 'mistral_ai',
  moonshotai: 'moonshot_ai',
  together: 'together',
  'x-ai': 'x_ai',
  zai: 'zai',
}

/** The figures of a provider in genai-prices: in Python its tiers are variants. */
export function genaiQuotes(providerId: string, models: readonly ListedModel[]): Quote[] {
  const provider = COMPARED[providerId]
  if (!provider) return []
  return models.flatMap((model) => {
    const standard = current(model.prices)
    // Of several prices of a tier the last one is the newest.
    const priced = new Map(variantsOf(model).map(({ when, prices }) => [tierOf(when), prices] as const))
    priced.delete(undefined)
    priced.set('standard', standard)
    return namesOf(model).flatMap((name) =>
      [...priced].flatMap(([tier = '', prices]) => quotesOf({ provider, model: name, tier, zone: 'global' }, prices)),
    )
  })
}

/** What depends on something else than the tier, such as the route, is no price of ours. */
function tierOf({ service_tier: tier, processing, ...others }: Variant['when']): string | undefined {
  if (Object.keys(others).length > 0) return undefined
  if (processing === 'batch') return 'batch'
  return tier === 'default' ? undefined : tier
}

function variantsOf({ price_variants: variants }: ListedModel): readonly Variant[] {
  return ((variants ?? []) as readonly Variant[]).filter(holds)
}

function holds({ constraint }: Conditional): boolean {
  return constraint?.start_time === undefined && new Date(constraint?.start_date ?? 0) <= CHECK_DAY
}

function current(prices: unknown): ListedPrices {
  return Array.isArray(prices) ? ((prices as Conditional[]).findLast(holds)?.prices ?? {}) : (prices as ListedPrices)
}

/** Whole names that an entry stands for; of those that are told by their beginning only the id is one. */
function namesOf({ id, match }: ListedModel): readonly string[] {
  return [...new Set([...(isName(match, id) ? [id] : []), ...equalsOf(match)])]
}

function equalsOf(match: unknown): readonly string[] {
  const clause = match as Clause
  const either = (clause['or'] ?? clause['or_']) as readonly Clause[] | undefined
  if (either) return either.flatMap(equalsOf)
  return typeof clause['equals'] === 'string' ? [clause['equals']] : []
}

function isName(match: unknown, id: string): boolean {
  const clause = match as Clause
  const either = (clause['or'] ?? clause['or_']) as readonly Clause[] | undefined
  return either ? either.some((one) => isName(one, id)) : clause['equals'] === id || clause['starts_with'] === id
}

type Offer = Pick<Quote, 'provider' | 'model' | 'tier' | 'zone'>

function quotesOf(offer: Offer, prices: ListedPrices): Quote[] {
  return Object.entries(prices).flatMap(([key, price]) => {
    const known = PARTS[key]
    if (!known || price === undefined) return []
    const [part, factor] = known
    const quote = (aboveInputTokens: number, usd: string | number): Quote => ({
      ...offer,
      part,
      aboveInputTokens,
      usdPerMillion: factor === 1 ? String(usd) : String(Number(usd) * factor),
    })
    if (typeof price !== 'object') return [quote(0, price)]
    return [quote(0, price.base), ...price.tiers.map((tier) => quote(tier.start, tier.price))]
  })
}
