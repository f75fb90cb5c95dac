/** Mutants that mean the same as the rule, so that no test could tell them apart: rule → part of the change → why. */
const EQUIVALENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AiCostAnomaly: { '[7d:«1h → 2h»]': 'the mean and the deviation of every second hour of the same week' },
  AiTtftRegression: {
    '[1d:«5m → 10m»]': 'the median of every second window of the same day',
    'increase5m«{le="+Inf"} → {}»': 'no other bucket of a histogram has more than the last one',
  },
}

/** Whether a mutant is known to mean the same as its rule. */
export function isEquivalent(rule: string, change: string): boolean {
  return Object.keys(EQUIVALENT[rule] ?? {}).some((part) => change.includes(part))
}
