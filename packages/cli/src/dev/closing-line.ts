import type { Percentiles, Sums } from '@tokenmeter/viewer'

/** What a run came to, in one line. */
export function closingLine({ calls, cost, unpriced, errors, rateLimits, p95 }: Sums & Percentiles): string {
  if (calls === 0) return 'no calls'
  const parts = [
    plural(calls, 'call'),
    `${cost} USD${unpriced > 0 ? ` and ${unpriced} without cost` : ''}`,
    ...(p95 === null ? [] : [`p95 ${seconds(p95)}`]),
    plural(errors + rateLimits, 'error'),
  ]
  return parts.join(' · ')
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const seconds = (value: number): string => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`)
