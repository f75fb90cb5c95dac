import {
  type ConvertedCost,
  type CostPart,
  reportFailure,
  type UnpricedReason,
  type UsageProblem,
  warnOnce,
} from '@tokenmeter/meter'
import type { PriceBook } from './price-book.ts'
import { type DescribedCall, describeCall, type PriceContext, unknownTools } from './price-context.ts'
import { decimalUsd } from './usd.ts'

/** One line of a bill. */
export interface EstimatePart extends CostPart {
  /** The same amount as an exact decimal of USD. */
  readonly usd: string
}

/** Why usage has no cost: as for a call, or because what was handed over makes no sense. */
export type NoCostReason = UnpricedReason | 'invalid_usage'

/** What a call costs, or why nobody knows. */
export interface CostEstimate {
  /** USD, exact: `0.00045`. `null` when unknown, which is not 0. */
  readonly usd: string | null
  /** Why the cost is unknown. */
  readonly unpriced?: NoCostReason
  /** What is wrong with what was handed over, for a person to read. */
  readonly problem?: string
  /** The lines of the bill, which add up to `usd` exactly; none when the cost is unknown. */
  readonly parts: readonly EstimatePart[]
  /** The price list with its version, or `provider` where the provider itself said what the call cost. */
  readonly source: string | null
  /** The day the price list was made, `YYYY-MM-DD`. */
  readonly priceDate: string | null
  /** The service tier that is charged. */
  readonly tier: string | null
  /** The same amount in the currency of the settings, beside USD. */
  readonly converted?: ConvertedCost
}

/** An estimate with what it was made of. */
export interface PricedUsage {
  readonly estimate: CostEstimate
  readonly picoUsd?: bigint | undefined
  /** Absent when the context made no sense. */
  readonly call?: DescribedCall['call'] | undefined
}

/** Puts a price on usage; never throws. What makes no sense is said once through `diag`. */
export function estimateCost(book: PriceBook, usage: unknown, context: PriceContext): PricedUsage {
  try {
    const wrong = wrongContext(context)
    return wrong ? { estimate: unknown(...wrong) } : priced(book, usage, context)
  } catch (error) {
    reportFailure('estimating a cost', error)
    return { estimate: unknown('price_table_unavailable') }
  }
}

function priced(book: PriceBook, usage: unknown, context: PriceContext): PricedUsage {
  const { call, problems } = describeCall(usage, context)
  const wrong = wrongUsage(usage, call, problems) ?? wrongTools(context)
  if (wrong) return { estimate: unknown(...wrong), call }
  if (!call.usage && !call.units && !call.reportedCost && call.operation !== 'moderation') {
    return { estimate: unknown('no_usage'), call }
  }
  const { cost, unpriced } = book.price(call, context.azure)
  if (!cost) return { estimate: unknown(unpriced), call }
  const estimate = {
    usd: decimalUsd(cost.picoUsd),
    parts: cost.breakdown.map((part) => ({ ...part, usd: decimalUsd(part.picoUsd) })),
    source: cost.priceSource,
    priceDate: cost.priceDate,
    tier: cost.tier,
    ...(cost.converted && { converted: cost.converted }),
  }
  return { estimate, picoUsd: cost.picoUsd, call }
}

type Wrong = readonly [reason: NoCostReason, problem: string]

function unknown(unpriced: NoCostReason, problem?: string): CostEstimate {
  if (problem !== undefined) warnOnce(`cost tracker ${problem}`, `tokenmeter: CostTracker: ${problem}. It has no cost.`)
  return {
    usd: null,
    unpriced,
    ...(problem !== undefined && { problem }),
    parts: [],
    source: null,
    priceDate: null,
    tier: null,
  }
}

function wrongContext(context: PriceContext): Wrong | undefined {
  const { model, provider, serviceTier, at } = context ?? {}
  if (!isText(model)) return ['unknown_model', `model must be a text that is not empty, got ${show(model)}`]
  if (provider !== undefined && !isText(provider)) {
    return ['unknown_provider', `provider must be a text that is not empty, got ${show(provider)}`]
  }
  if (serviceTier !== undefined && !isText(serviceTier)) {
    return ['unknown_tier', `serviceTier must be a text that is not empty, got ${show(serviceTier)}`]
  }
  if (at === undefined || isTime(at)) return undefined
  return [
    'invalid_usage',
    `at must be a valid Date, milliseconds since the epoch, or a text such as "2026-11-24T12:00:00Z", got ${show(at)}`,
  ]
}

function wrongUsage(
  usage: unknown,
  { usage: read, units, reportedCost }: DescribedCall['call'],
  problems: readonly UsageProblem[],
): Wrong | undefined {
  if (usage === null || usage === undefined) return undefined
  const [first] = problems
  if (first?.problem === 'unusable') return ['invalid_usage', `${first.field} of the usage is no count`]
  if (first) return ['invalid_usage', `${first.field} of the usage is more than the total that it is a part of`]
  if (read || units || reportedCost) return undefined
  if (typeof usage !== 'object') return ['invalid_usage', `usage must be an object, got ${show(usage)}`]
  return ['no_usage', `usage counts nothing that is known: it has the fields [${Object.keys(usage).join(', ')}]`]
}

function wrongTools(context: PriceContext): Wrong | undefined {
  for (const [tool, count] of Object.entries(context.toolCalls ?? {})) {
    if (!Number.isSafeInteger(count) || count < 0) {
      return ['invalid_usage', `toolCalls.${tool} must be a whole number from 0 up, got ${show(count)}`]
    }
  }
  const [tool] = unknownTools(context)
  return tool === undefined ? undefined : ['unknown_unit', `toolCalls.${tool} has no price`]
}

/** Other texts than these mean different times in different places. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/

function isTime(value: unknown): boolean {
  const isText = typeof value === 'string' && ISO_TIME.test(value)
  if (!isText && typeof value !== 'number' && !(value instanceof Date)) return false
  return !Number.isNaN(new Date(value).getTime())
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

function show(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 40))
    : typeof value === 'object'
      ? typeof value
      : String(value)
}
