import type * as GenaiPrices from '@pydantic/genai-prices'
import { requireLibrary } from './genai-library.cjs'
import { readRates } from './genai-rates.ts'
import { isListedName } from './listed-name.ts'
import { listedProvider } from './providers.ts'
import { GLOBAL_ZONE, type PriceList, type PriceQuery, type RateCard, type Resolution, unpriced } from './rate-card.ts'
import { STANDARD_TIER } from './tier.ts'

type Library = typeof GenaiPrices
type Entry = GenaiPrices.PriceCalculation

/** The price list, with the version that `package.json` pins. */
export const GENAI_PRICES_SOURCE = 'genai-prices@0.1.8'
/** The day that version was published on npm; the package itself carries no date. */
export const GENAI_PRICES_DATE = '2026-09-23'

const SELLS_OPENAI_MODELS: ReadonlySet<string> = new Set(['openai', 'azure'])
/** OpenAI gives these weights away and does not serve them: the list's figure under its name is some host's price. */
const OPEN_WEIGHTS = /^gpt-oss/
/** These search on every call, for a fee per search that is not in the list. */
const SEARCHES_ON_EVERY_CALL = /-(?:search-preview|deep-research)/
const FINE_TUNED = /^ft:|\.ft-/

let loaded: { readonly library: Library } | { readonly problem: Error } | undefined

/**
 * Loads the price list now, so that the first priced call need not: it takes about 40 ms and 19 MB.
 * Loading happens once in a process, whoever asks for it, and a failure is remembered.
 *
 * @returns why the list cannot be had; `undefined` when it is there.
 */
export function preloadPrices(): Error | undefined {
  loaded ??= load()
  return 'problem' in loaded ? loaded.problem : undefined
}

/** The bundled price list: standard prices of the providers themselves, dated. It never goes to the network. */
export const genaiPrices: PriceList = Object.freeze({ find })

/** How many tokens a model can read and write in one call, by the bundled list; `undefined` when nobody knows. */
export function contextWindowOf(provider: string, model: string): number | undefined {
  const providerId = listedProvider(provider)
  if (!providerId || preloadPrices()) return undefined
  return findEntry(loadedLibrary(), providerId, model.trim().toLowerCase(), new Date())?.model.context_window
}

function load(): NonNullable<typeof loaded> {
  try {
    return { library: requireLibrary() }
  } catch (error) {
    return {
      problem: new Error(
        'The price list @pydantic/genai-prices cannot be loaded, so that no call has a cost: install it where the application runs',
        { cause: error },
      ),
    }
  }
}

function loadedLibrary(): Library {
  loaded ??= load()
  if ('problem' in loaded) throw loaded.problem
  return loaded.library
}

function find(query: PriceQuery): Resolution {
  const providerId = listedProvider(query.provider)
  if (!providerId) return unpriced('unknown_provider')
  if (query.tier !== STANDARD_TIER) return unpriced('unknown_tier')
  if (query.zone !== GLOBAL_ZONE) return unpriced('unknown_zone')

  const name = query.model.trim().toLowerCase()
  const entry = findEntry(loadedLibrary(), providerId, name, query.day)
  if (!entry) return unpriced('unknown_model')
  if (SELLS_OPENAI_MODELS.has(providerId)) {
    if (OPEN_WEIGHTS.test(entry.model.id)) return unpriced('unknown_model')
    if (SEARCHES_ON_EVERY_CALL.test(name)) return unpriced('unknown_unit')
  }
  const rates = readRates(entry.model_price, FINE_TUNED.test(name))
  if (!rates) return unpriced('unknown_unit')
  const card: RateCard = Object.freeze({
    provider: query.provider,
    model: query.model,
    listedAs: entry.model.id,
    tier: query.tier,
    zone: query.zone,
    source: GENAI_PRICES_SOURCE,
    date: GENAI_PRICES_DATE,
    ...rates,
  })
  return Object.freeze({ card })
}

/** The list's own answer, where it is sound. Gateways repeat the provider in the model's name, `openai/gpt-4o`: the list does not. */
function findEntry(library: Library, providerId: string, name: string, day: Date): Entry | undefined {
  const entry = soundEntry(library, providerId, name, day)
  const prefix = `${providerId}/`
  if (entry || !name.startsWith(prefix)) return entry
  return soundEntry(library, providerId, name.slice(prefix.length), day)
}

function soundEntry(library: Library, providerId: string, name: string, day: Date): Entry | undefined {
  const entry = library.calcPrice({}, name, { providerId, timestamp: day })
  if (!entry || !isListedName(entry.model.match, name) || hasDaytimePrices(entry.model)) return undefined
  return entry
}

/** Prices by the hour hold on some days of the week only, which the list cannot say: it may be off by a factor of two. */
function hasDaytimePrices({ prices }: GenaiPrices.ModelInfo): boolean {
  return Array.isArray(prices) && prices.some((price) => price.constraint?.type === 'time_of_date')
}
