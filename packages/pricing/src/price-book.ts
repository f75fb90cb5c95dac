import type { CallEnd, CallStart, Operation, PriceResult, Provider } from '@tokenmeter/meter'
import { type AzureSettings, readAzureSettings } from './azure-settings.ts'
import { billCall } from './bill-call.ts'
import { type Converter, createConverter, type CurrencySettings, readCurrency } from './currency.ts'
import { genaiPrices } from './genai-prices.ts'
import { overlay } from './overlay/overlay.ts'
import { chainPriceLists } from './price-chain.ts'
import type { PriceEntry } from './price-entry.ts'
import { type PriceFile, readPrices } from './price-file.ts'
import { createPriceTable } from './price-table.ts'
import { isDeploymentProvider } from './providers.ts'
import { GLOBAL_ZONE, type PriceList, type PriceQuery, type Resolution, unpriced } from './rate-card.ts'
import { reportedCost } from './reported-cost.ts'
import { Resolutions } from './resolutions.ts'
import { BATCH_TIER, chargedTier, DECISIONS_TIER, STANDARD_TIER } from './tier.ts'
import { zoneOf } from './zone.ts'

const DAY_MS = 86_400_000
const NO_VARIANT: Variant = {}
const UNKNOWN_MODEL = unpriced('unknown_model')
const UNKNOWN_DEPLOYMENT = unpriced('unknown_deployment')
const UNKNOWN_TIER = unpriced('unknown_tier')
const PRICE_TABLE_UNAVAILABLE = unpriced('price_table_unavailable')

/** Settings of a price book. */
export interface PriceBookOptions {
  /** Prices of your own, which win over all others: in code, or the path of a JSON file. */
  readonly prices?: PriceFile | string
  readonly azure?: AzureSettings
  /** A currency that costs are shown in beside USD. */
  readonly currency?: CurrencySettings
  /** Where other prices come from, in this order; by default our overlay, then the bundled list. */
  readonly lists?: readonly PriceList[]
}

/** Size and quality of an image or a video, where its price depends on them. */
export type Variant = Pick<PriceQuery, 'size' | 'quality'>

/** Looks prices up and puts them on calls. Nothing in it throws. */
export interface PriceBook {
  /**
   * The rate card of a model, or the reason why there is none.
   *
   * @param at when the call was made: a `Date`, or milliseconds since the epoch. Prices change from one UTC day to the next.
   * @param tier the service tier that is charged; `standard` by default.
   * @param zone where the call is processed; `global` by default.
   */
  readonly resolve: (
    provider: Provider,
    model: string,
    at: Date | number,
    tier?: string,
    zone?: string,
    variant?: Variant,
  ) => Resolution
  /**
   * The cost of a call, or the reason why it is unknown. The model is the one that the response names; else, on Azure, the one
   * that the operator says is behind the deployment, and elsewhere the one that was asked for. The tier is the one that the response names.
   * A cost that the provider itself reports wins.
   *
   * @param azure what is known about this call alone; the settings hold for the rest.
   */
  readonly price: (call: CallStart & CallEnd, azure?: AzureSettings) => PriceResult
  /**
   * Puts prices in force that are newer than those of the lists: after the caller's own, before all others, and in the place of those from the time before.
   * A call that is priced is priced by what is in force at that moment.
   */
  readonly replacePrices: (entries: readonly PriceEntry[]) => void
  /** Converts an amount into the currency of the settings; absent where there is none. */
  readonly convert: Converter | undefined
  /** What went wrong inside, the first time it did: for one warning by the caller. Calls are `price_table_unavailable` then. */
  readonly problem: Error | undefined
}

/**
 * Makes a price book. The first look-up reads our list, which takes some milliseconds, and at most one more for a provider that only the bundled
 * list has. What was looked up is remembered per provider, model, tier, zone and UTC day.
 *
 * @throws PriceFileError when `prices` is wrong; the message names every field that is.
 * @throws TypeError when `azure` or `currency` is, with the same.
 */
export function createPriceBook({
  prices,
  azure: azureSettings = {},
  currency,
  lists = [overlay, genaiPrices],
}: PriceBookOptions = {}): PriceBook {
  const own = prices === undefined ? [] : [createPriceTable(readPrices(prices))]
  const settings = readAzureSettings(azureSettings, 'azure')
  const convert = currency && createConverter(readCurrency(currency, 'currency'))
  let list = chainPriceLists([...own, ...lists])
  const resolutions = new Resolutions()
  let problem: Error | undefined

  const lookUp = (query: Omit<PriceQuery, 'day'>, atMs: number): Resolution => {
    const day = Math.floor(atMs / DAY_MS)
    const known = resolutions.find(query, day)
    if (known) return known
    if (!Number.isFinite(day)) throw new RangeError(`The time of a call must be a valid date, got ${String(atMs)}`)
    const resolution = list.find({ ...query, day: new Date(day * DAY_MS) })
    resolutions.add(query, day, resolution)
    return resolution
  }

  const unavailable = (error: unknown): typeof PRICE_TABLE_UNAVAILABLE => {
    problem ??= error instanceof Error ? error : new Error('The price list failed', { cause: error })
    return PRICE_TABLE_UNAVAILABLE
  }

  const price = (call: PricedCall, azure: AzureSettings): PriceResult => {
    const { operation, provider, server, request, response, units, startTime } = call
    const served = chargedTier(response?.serviceTier, request.parameters.serviceTier)
    const tier = operation === 'decision' && served === STANDARD_TIER ? DECISIONS_TIER : served
    const reported = reportedCost(provider, call.reportedCost, startTime, tier)
    if (reported) return { cost: reported }
    const model = asksDeployment(call) ? modelOfDeployment(call, azure) : response?.model || request.model
    if (!model) return asksDeployment(call) ? UNKNOWN_DEPLOYMENT : UNKNOWN_MODEL
    if (!tier) return UNKNOWN_TIER
    const zone = zoneOf(provider, server, azure.zone)
    const { size, quality } = units ?? request.variant ?? NO_VARIANT
    const resolution = lookUp({ provider, model, tier, zone, size, quality }, startTime)
    if (!resolution.card) return resolution
    // Image models have no tiers but batches: what a model has them do for it is charged as always.
    const toolTier = tier === BATCH_TIER ? tier : STANDARD_TIER
    return billCall(call, resolution.card, (tool) => lookUp({ provider, model: tool, tier: toolTier, zone }, startTime))
  }

  return Object.freeze({
    resolve: (
      provider: Provider,
      model: string,
      at: Date | number,
      tier: string = STANDARD_TIER,
      zone: string = GLOBAL_ZONE,
      variant: Variant = {},
    ): Resolution => {
      try {
        return lookUp({ provider, model, tier, zone, ...variant }, Number(at))
      } catch (error) {
        return unavailable(error)
      }
    },
    price: (call: PricedCall, azure?: AzureSettings): PriceResult => {
      try {
        return converted(price(call, azure ? merged(settings, azure) : settings), convert, call.startTime)
      } catch (error) {
        return unavailable(error)
      }
    },
    replacePrices: (entries: readonly PriceEntry[]): void => {
      list = chainPriceLists([...own, createPriceTable(entries), ...lists])
      resolutions.clear()
    },
    convert,
    get problem(): Error | undefined {
      return problem
    },
  })
}

type PricedCall = CallStart & CallEnd

function converted(result: PriceResult, convert: Converter | undefined, atMs: number): PriceResult {
  if (!convert || !result.cost) return result
  return { cost: { ...result.cost, converted: convert(result.cost.picoUsd, atMs) } }
}

function merged(settings: AzureSettings, { deployments, zone = settings.zone }: AzureSettings): AzureSettings {
  return {
    deployments: { ...settings.deployments, ...deployments },
    ...(zone !== undefined && { zone }),
  }
}

/** By the request, whatever the operator calls the provider; or by the provider, for calls that name the deployment as their model. */
function asksDeployment({ provider, request }: PricedCall): boolean {
  return request.deployment !== undefined || isDeploymentProvider(provider)
}

/**
 * Azure's Responses API answers with the name of the deployment where the model should be
 * (https://learn.microsoft.com/en-us/answers/questions/5689396, 2026-11-24).
 */
const ECHOES_DEPLOYMENT: ReadonlySet<Operation> = new Set(['response', 'response_retrieval', 'compaction'])

function modelOfDeployment({ operation, request, response }: PricedCall, azure: AzureSettings): string | undefined {
  const deployment = request.deployment ?? request.model
  const told = response?.model || undefined
  if (!ECHOES_DEPLOYMENT.has(operation)) return told ?? modelBehind(deployment, azure)
  // Who fetches a response names no deployment: then what the answer names may be one.
  if (deployment === undefined || told === deployment) return modelBehind(told, azure)
  return told ?? modelBehind(deployment, azure)
}

function modelBehind(deployment: string | undefined, { deployments }: AzureSettings): string | undefined {
  if (deployment === undefined || !deployments || !Object.hasOwn(deployments, deployment)) return undefined
  return deployments[deployment]
}
