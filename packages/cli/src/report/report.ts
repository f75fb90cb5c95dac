import { decimalUsd } from '@tokenmeter/meter/call-log'
import { createPriceBook } from '@tokenmeter/pricing'
import type { AskedCall } from '../viewer/client.ts'
import { groupedBy } from './grouping.ts'
import { costOf, costOfAll, Pricing } from './pricing.ts'
import type { Suggestion } from './suggestion.ts'
import { batchable } from './suggestions/batchable.ts'
import { dearModel } from './suggestions/dear-model.ts'
import { abandonedStreams, rateLimits, truncatedOutput } from './suggestions/lost-answers.ts'
import { repeatedPrompts } from './suggestions/repeated-prompts.ts'
import { stablePrefix } from './suggestions/stable-prefix.ts'

/** What one model, feature or user has spent. */
export interface Spender {
  readonly name: string
  readonly calls: number
  /** USD, an exact decimal. */
  readonly usd: string
  /** Calls whose cost is unknown, and so not in `usd`. */
  readonly unpriced: number
}

/** What can be told of the calls of a time. */
export interface Report {
  /** As ISO 8601 writes it. */
  readonly from: string
  readonly to: string
  readonly calls: number
  readonly usd: string
  readonly unpriced: number
  /** Calls of the time that were not looked at: the oldest, beyond the most that are. */
  readonly omitted: boolean
  /** Calls whose content was captured: without, nothing can be said about prompts. */
  readonly withContent: number
  readonly spenders: Readonly<Record<'model' | 'feature' | 'user', readonly Spender[]>>
  /** What was paid for nothing, or for less than was wanted. */
  readonly waste: { readonly failedUsd: string; readonly leftUsd: string; readonly truncatedUsd: string }
  readonly suggestions: readonly (Omit<Suggestion, 'savedPicoUsd'> & { readonly savedUsd: string })[]
}

const MOST_SPENDERS = 10

/** Makes a report of calls. */
export function reportOf(
  calls: readonly AskedCall[],
  range: { readonly from: number; readonly to: number },
  omitted: boolean,
): Report {
  const pricing = new Pricing(createPriceBook())
  const suggestions = [
    ...repeatedPrompts(calls),
    ...stablePrefix(calls, pricing),
    ...dearModel(calls, pricing),
    ...truncatedOutput(calls),
    ...rateLimits(calls),
    ...abandonedStreams(calls, pricing),
    ...batchable(calls, pricing),
  ]
  const bySaving = suggestions.toSorted((a, b) => compare(b.savedPicoUsd, a.savedPicoUsd))
  return {
    from: new Date(range.from).toISOString(),
    to: new Date(range.to).toISOString(),
    ...sumsOf(calls),
    omitted,
    withContent: calls.filter(({ asked }) => asked.text !== null).length,
    spenders: {
      model: spendersBy(calls, ({ model }) => model),
      feature: spendersBy(calls, ({ feature }) => feature),
      user: spendersBy(calls, ({ user }) => user),
    },
    waste: {
      failedUsd: usdWhere(calls, ({ status }) => status === 'error' || status === 'rate_limit'),
      leftUsd: usdWhere(calls, ({ status }) => status === 'cancelled'),
      truncatedUsd: usdWhere(calls, ({ finishReason }) => finishReason === 'length'),
    },
    suggestions: bySaving.map(({ savedPicoUsd, ...suggestion }) => ({
      ...suggestion,
      savedUsd: decimalUsd(savedPicoUsd),
    })),
  }
}

const compare = (a: bigint, b: bigint): number => (a === b ? 0 : a < b ? -1 : 1)

function sumsOf(calls: readonly AskedCall[]): Omit<Spender, 'name'> {
  const unpriced = calls.filter((call) => costOf(call) === undefined && call.unpriced !== null).length
  return { calls: calls.length, usd: decimalUsd(costOfAll(calls)), unpriced }
}

function spendersBy(calls: readonly AskedCall[], nameOf: (call: AskedCall) => string | null): readonly Spender[] {
  const groups = [...groupedBy(calls, (call) => nameOf(call) ?? undefined)]
  return groups
    .toSorted(([, a], [, b]) => compare(costOfAll(b), costOfAll(a)))
    .slice(0, MOST_SPENDERS)
    .map(([name, group]) => ({ name, ...sumsOf(group) }))
}

const usdWhere = (calls: readonly AskedCall[], isWanted: (call: AskedCall) => boolean): string =>
  decimalUsd(costOfAll(calls.filter(isWanted)))
