import { plural } from '../grouping.ts'
import { costOf, costOfAll, dearestOf, type Pricing } from '../pricing.ts'
import { MOST_NAMED, type Suggestion } from '../suggestion.ts'
import type { AskedCall } from '../../viewer/client.ts'

/** Answers that were paid for and broke off at the limit of their length. */
export function truncatedOutput(calls: readonly AskedCall[]): readonly Suggestion[] {
  const truncated = calls.filter(
    ({ finishReason }) => finishReason === 'length' || finishReason === 'max_output_tokens',
  )
  if (truncated.length === 0) return []
  return [
    {
      kind: 'truncated_output',
      advice: 'Raise the limit of the output, or ask for shorter answers: half an answer is paid for in full.',
      evidence: `${plural(truncated.length, 'answer')} ended because of their length.`,
      calls: dearestOf(truncated, MOST_NAMED),
      count: truncated.length,
      savedPicoUsd: costOfAll(truncated),
      certainty: 'estimate',
      because: 'It is what these calls cost; some of the answers may have been of use all the same.',
    },
  ]
}

/** Streams that the application left before they were complete: what had been generated is charged. */
export function abandonedStreams(calls: readonly AskedCall[], pricing: Pricing): readonly Suggestion[] {
  const left = calls.filter(({ status }) => status === 'cancelled')
  const known = left.flatMap((call) => costOf(call) ?? [])
  const estimated = left.flatMap((call) =>
    costOf(call) === undefined ? (pricing.costBy(pricing.cardOf(call), call) ?? []) : [],
  )
  const costs = [...known, ...estimated]
  if (costs.length === 0) return []
  return [
    {
      kind: 'abandoned_streams',
      advice: 'Start streams later, or end them sooner: those who leave have paid for what was generated.',
      evidence: `${plural(left.length, 'stream')} left before the end; ${known.length} of them with a cost of the provider's tokens.`,
      calls: dearestOf(left, MOST_NAMED),
      count: left.length,
      savedPicoUsd: costs.reduce((sum, cost) => sum + cost, 0n),
      certainty: estimated.length === 0 ? 'exact' : 'estimate',
      because:
        estimated.length === 0
          ? 'The provider told what these calls used.'
          : 'A stream that is left tells no usage: tokens are estimated from what had arrived.',
    },
  ]
}

/** Attempts that were refused for a quota: they cost no money, but time, and calls that were given up. */
export function rateLimits(calls: readonly AskedCall[]): readonly Suggestion[] {
  const limited = calls.filter(({ rateLimitHits, status }) => rateLimitHits > 0 || status === 'rate_limit')
  if (limited.length === 0) return []
  const hits = limited.reduce((sum, { rateLimitHits }) => sum + Math.max(1, rateLimitHits), 0)
  const waited = limited.reduce((sum, { asked }) => sum + asked.waited, 0)
  const failed = limited.filter(({ status }) => status === 'rate_limit').length
  return [
    {
      kind: 'rate_limits',
      advice:
        'Spread these calls over time, or ask for a higher quota: refused attempts use up the limit of requests as well.',
      evidence: `${plural(hits, 'attempt')} refused with 429 in ${plural(limited.length, 'call')}, ${waited.toFixed(1)} s waited, ${plural(failed, 'call')} given up.`,
      calls: limited.slice(0, MOST_NAMED).map(({ id }) => id),
      count: limited.length,
      savedPicoUsd: 0n,
      certainty: 'exact',
      because: 'Refused attempts are not charged.',
    },
  ]
}
