import { findListedModel, type ListedModel, pricesOn } from './genai-models.ts'
import { readRates } from './genai-rates.ts'
import { isListedName } from './listed-name.ts'
import { listedProvider } from './providers.ts'
import { GLOBAL_ZONE, type PriceList, type PriceQuery, type RateCard, type Resolution, unpriced } from './rate-card.ts'
import { STANDARD_TIER } from './tier.ts'

/** The price list, with its version. */
export const GENAI_PRICES_SOURCE = 'genai-prices@0.1.8'
/** The day that version was published on npm; the package itself carries no date. */
export const GENAI_PRICES_DATE = '2026-09-23'

const SELLS_OPENAI_MODELS: ReadonlySet<string> = new Set(['openai', 'azure'])
/** OpenAI gives these weights away and does not serve them: the list's figure under its name is some host's price. */
const OPEN_WEIGHTS = /^gpt-oss/
/** These search on every call, for a fee per search that is not in the list. */
const SEARCHES_ON_EVERY_CALL = /-(?:search-preview|search-api|deep-research)/
const FINE_TUNED = /^ft:|\.ft-/

/**
 * The bundled price list: standard prices of the providers themselves, dated. Its data is taken out of `@pydantic/genai-prices` when
 * this package is made, and is read provider by provider. It never goes to the network.
 */
export const genaiPrices: PriceList = Object.freeze({ find })

/** How many tokens a model can read and write in one call, by the bundled list; `undefined` when nobody knows. */
export function contextWindowOf(provider: string, model: string): number | undefined {
  const providerId = listedProvider(provider)
  if (!providerId) return undefined
  const entry = findEntry(providerId, model.trim().toLowerCase())
  return entry && pricesOn(entry, new Date()) ? entry.window : undefined
}

function find(query: PriceQuery): Resolution {
  const providerId = listedProvider(query.provider)
  if (!providerId) return unpriced('unknown_provider')
  if (query.tier !== STANDARD_TIER) return unpriced('unknown_tier')
  if (query.zone !== GLOBAL_ZONE) return unpriced('unknown_zone')

  const name = query.model.trim().toLowerCase()
  const entry = findEntry(providerId, name)
  const prices = entry && pricesOn(entry, query.day)
  if (!prices) return unpriced('unknown_model')
  if (SELLS_OPENAI_MODELS.has(providerId)) {
    if (OPEN_WEIGHTS.test(entry.id)) return unpriced('unknown_model')
    if (SEARCHES_ON_EVERY_CALL.test(name)) return unpriced('unknown_unit')
  }
  const rates = readRates(prices, FINE_TUNED.test(name))
  if (!rates) return unpriced('unknown_unit')
  const card: RateCard = Object.freeze({
    provider: query.provider,
    model: query.model,
    listedAs: entry.id,
    tier: query.tier,
    zone: query.zone,
    source: GENAI_PRICES_SOURCE,
    date: GENAI_PRICES_DATE,
    ...rates,
  })
  return Object.freeze({ card })
}

/** The list's own answer, where it is sound. Gateways repeat the provider in the model's name, `openai/gpt-4o`: the list does not. */
function findEntry(providerId: string, name: string): ListedModel | undefined {
  const entry = soundEntry(providerId, name)
  const prefix = `${providerId}/`
  return entry ?? (name.startsWith(prefix) ? soundEntry(providerId, name.slice(prefix.length)) : undefined)
}

function soundEntry(providerId: string, name: string): ListedModel | undefined {
  const entry = findListedModel(providerId, name)
  return entry && isListedName(entry.match, name) ? entry : undefined
}
