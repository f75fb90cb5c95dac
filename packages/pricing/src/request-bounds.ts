import {
  type Cost,
  type PriceResult,
  reportFailure,
  type Units,
  type UnpricedReason,
  type Usage,
} from '@tokenmeter/meter'
import { contextWindowOf } from './genai-prices.ts'
import type { PriceBook } from './price-book.ts'
import { describeCall, type PriceContext } from './price-context.ts'
import { isDeploymentProvider } from './providers.ts'
import { type CountTokens, readRequest, type RequestFacts, type TokenBounds } from './request-tokens.ts'
import { chargedTier, STANDARD_TIER } from './tier.ts'
import { decimalUsd } from './usd.ts'

/** Where a request goes, as far as that decides its price. */
export type RequestContext = Pick<PriceContext, 'provider' | 'at' | 'azure' | 'host'>

/**
 * Why the most that a request can cost is not known: `input` has something in it whose tokens cannot be told from here, `output` has no limit, or
 * `tools` of the provider may be called any number of times.
 */
export type UnboundedReason = 'input' | 'output' | 'tools'

/** What a request can cost. */
export interface RequestEstimate {
  /** USD that it costs at least if it is answered, as an exact decimal; `null` when no price is known. */
  readonly lower: string | null
  /** USD that it costs at most; `null` when no price is known, or no bound. */
  readonly upper: string | null
  /** Why no price is known. */
  readonly unpriced?: UnpricedReason
  /** Why there is no upper bound. */
  readonly unbounded?: UnboundedReason
  readonly inputTokens: TokenBounds
  readonly outputTokens: TokenBounds
  /** The price list with its version. */
  readonly source: string | null
  /** The day the price list was made, `YYYY-MM-DD`. */
  readonly priceDate: string | null
  /** The service tier of the upper bound. */
  readonly tier: string | null
}

/** What would be charged if the call went so. */
interface Outcome {
  readonly usage?: Usage
  readonly units?: Units
}

/** Bounds of what a request can cost; never throws. */
export function boundRequest(
  params: unknown,
  context: RequestContext,
  book: PriceBook,
  countTokens: CountTokens | undefined,
): RequestEstimate {
  try {
    return bounds(readRequest(params, countTokens), context, book)
  } catch (error) {
    reportFailure('estimating a request', error)
    const nobodyKnows = { lower: 0, upper: null }
    return { ...UNKNOWN, unpriced: 'price_table_unavailable', inputTokens: nobodyKnows, outputTokens: nobodyKnows }
  }
}

function bounds(facts: RequestFacts, context: RequestContext, book: PriceBook): RequestEstimate {
  const known = { inputTokens: facts.inputTokens, outputTokens: outputBounds(facts, context) }
  const unbounded = unboundedBy(facts, known.outputTokens)
  const prices = tiersOf(facts).map((serviceTier) => {
    const { call } = describeCall(null, { ...context, model: facts.model, serviceTier })
    const price = (outcome: Outcome): PriceResult => book.price({ ...call, ...outcome }, context.azure)
    return {
      least: leastOutcomes(facts, known).map(price),
      most: unbounded ? [] : mostOutcomes(facts, known).map(price),
    }
  })
  // What has no rate for the cache is priced by the outcome without it, which is the first.
  const unpriced = prices.flatMap(({ least, most }) => [least[0]?.unpriced, most[0]?.unpriced]).find(Boolean)
  if (unpriced) return { ...UNKNOWN, ...known, unpriced }
  const cheapest = extreme(
    prices.flatMap(({ least }) => least),
    (a, b) => a < b,
  )
  const dearest = extreme(
    prices.flatMap(({ most }) => most),
    (a, b) => a > b,
  )
  const shown = dearest ?? cheapest
  return {
    lower: cheapest ? decimalUsd(cheapest.picoUsd) : null,
    upper: dearest ? decimalUsd(dearest.picoUsd) : null,
    ...(unbounded && { unbounded }),
    ...known,
    source: shown?.priceSource ?? null,
    priceDate: shown?.priceDate ?? null,
    tier: shown?.tier ?? null,
  }
}

function extreme(results: readonly PriceResult[], isBetter: (a: bigint, b: bigint) => boolean): Cost | undefined {
  let best: Cost | undefined
  for (const { cost } of results) if (cost && (!best || isBetter(cost.picoUsd, best.picoUsd))) best = cost
  return best
}

const UNKNOWN = { lower: null, upper: null, source: null, priceDate: null, tier: null } as const

interface Known {
  readonly inputTokens: TokenBounds
  readonly outputTokens: TokenBounds
}

/** A request for another tier may be served, and charged, as standard. */
function tiersOf({ serviceTier }: RequestFacts): readonly string[] {
  const served = chargedTier(serviceTier, undefined) ?? STANDARD_TIER
  return served === STANDARD_TIER ? [STANDARD_TIER] : [served, STANDARD_TIER]
}

function outputBounds(
  { outputLimit, model, choices, hasOutput }: RequestFacts,
  { provider = 'openai' }: RequestContext,
): TokenBounds {
  if (!hasOutput) return { lower: 0, upper: 0 }
  // A deployment's name says nothing about the model behind it.
  const limit = outputLimit ?? (isDeploymentProvider(provider) ? undefined : contextWindowOf(provider, model))
  return { lower: 0, upper: limit === undefined ? null : limit * choices }
}

function unboundedBy({ units, hasTools, inputTokens }: RequestFacts, output: TokenBounds): UnboundedReason | undefined {
  if (units) return undefined
  if (hasTools) return 'tools'
  if (inputTokens.upper === null) return 'input'
  return output.upper === null ? 'output' : undefined
}

/** With all of the input read from the cache, or none where the cache is no cheaper. */
function leastOutcomes({ units }: RequestFacts, { inputTokens: { lower } }: Known): readonly Outcome[] {
  if (units) return [{ units }]
  return [
    { usage: { inputTokens: lower, outputTokens: 0 } },
    { usage: { inputTokens: lower, outputTokens: 0, cacheReadTokens: lower } },
  ]
}

/** With all of the input written to the cache, or none where that is no dearer; all of the output spoken, if it may be. */
function mostOutcomes({ units, speaks }: RequestFacts, { inputTokens, outputTokens }: Known): readonly Outcome[] {
  if (units) return [{ units }]
  const usage = {
    inputTokens: inputTokens.upper ?? 0,
    outputTokens: outputTokens.upper ?? 0,
    ...(speaks && { output: { audio: outputTokens.upper ?? 0 } }),
  }
  return [{ usage }, { usage: { ...usage, cacheWriteTokens: usage.inputTokens } }]
}
