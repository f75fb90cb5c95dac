import type { CallEnd, CallStart, PriceCall, PriceResult, Provider, Usage } from '@tokenmeter/meter'
import { bill } from './bill.ts'
import { genaiPrices } from './genai-prices.ts'
import { isDeploymentProvider } from './providers.ts'
import { type PriceList, type Resolution, unpriced } from './rate-card.ts'
import { chargedTier, STANDARD_TIER } from './tier.ts'

const DAY_MS = 86_400_000
/** Some hundred models, on the days around midnight: about 1 kB each. */
const MAX_RESOLUTIONS = 1000

const UNKNOWN_MODEL = unpriced('unknown_model')
const UNKNOWN_DEPLOYMENT = unpriced('unknown_deployment')
const UNKNOWN_TIER = unpriced('unknown_tier')
const PRICE_TABLE_UNAVAILABLE = unpriced('price_table_unavailable')

/** Settings of a price book. */
export interface PriceBookOptions {
  /** Where prices come from; the bundled list by default. */
  readonly list?: PriceList
}

/** Looks prices up and puts them on calls. Nothing in it throws. */
export interface PriceBook {
  /**
   * The rate card of a model, or the reason why there is none.
   *
   * @param at when the call was made: a `Date`, or milliseconds since the epoch. Prices change from one UTC day to the next.
   * @param tier the service tier that is charged; `standard` by default.
   */
  readonly resolve: (provider: Provider, model: string, at: Date | number, tier?: string) => Resolution
  /**
   * The cost of a call, or the reason why it is unknown. The model is the one that the response names, else the one that was asked for;
   * on Azure only the former, because the latter is the name of a deployment. The tier is the one that the response names.
   */
  readonly price: PriceCall
  /** What went wrong inside, the first time it did: for one warning by the caller. Calls are `price_table_unavailable` then. */
  readonly problem: Error | undefined
}

/**
 * Makes a price book. The first call that is priced loads the bundled list, which takes about 40 ms: `preloadPrices()` does it earlier.
 * What was looked up is remembered per provider, model, tier and UTC day.
 */
export function createPriceBook({ list = genaiPrices }: PriceBookOptions = {}): PriceBook {
  const resolutions = new Map<string, Resolution>()
  let problem: Error | undefined

  const lookUp = (provider: Provider, model: string, atMs: number, tier: string): Resolution => {
    const day = Math.floor(atMs / DAY_MS)
    const key = `${day}|${provider}|${tier}|${model}`
    const known = resolutions.get(key)
    if (known) return known
    if (!Number.isFinite(day)) throw new RangeError(`The time of a call must be a valid date, got ${String(atMs)}`)
    const resolution = list.find({ provider, model, day: new Date(day * DAY_MS), tier })
    if (resolutions.size >= MAX_RESOLUTIONS) forgetOldest(resolutions)
    resolutions.set(key, resolution)
    return resolution
  }

  const guarded = <R>(run: () => R): R | typeof PRICE_TABLE_UNAVAILABLE => {
    try {
      return run()
    } catch (error) {
      problem ??= error instanceof Error ? error : new Error('The price list failed', { cause: error })
      return PRICE_TABLE_UNAVAILABLE
    }
  }

  const price = ({ provider, request, response, usage, startTime }: PricedCall): PriceResult => {
    const model = response?.model || (isDeploymentProvider(provider) ? undefined : request.model)
    if (!model) return isDeploymentProvider(provider) ? UNKNOWN_DEPLOYMENT : UNKNOWN_MODEL
    const tier = chargedTier(response?.serviceTier, request.parameters.serviceTier)
    if (!tier) return UNKNOWN_TIER
    const resolution = lookUp(provider, model, startTime, tier)
    return resolution.card ? bill(resolution.card, usage) : resolution
  }

  return Object.freeze({
    resolve: (provider: Provider, model: string, at: Date | number, tier: string = STANDARD_TIER): Resolution =>
      guarded(() => lookUp(provider, model, Number(at), tier)),
    price: (call: PricedCall): PriceResult => guarded(() => price(call)),
    get problem(): Error | undefined {
      return problem
    },
  })
}

type PricedCall = CallStart & CallEnd & { readonly usage: Usage }

function forgetOldest(resolutions: Map<string, Resolution>): void {
  const { value: oldest } = resolutions.keys().next()
  if (oldest !== undefined) resolutions.delete(oldest)
}
