import type { Served } from '../../provider/provider.ts'

/** Labels, in a fixed order → value. */
export type Expected = Record<string, number>

/** Adds a value up under its labels. */
function add(expected: Expected, labels: Record<string, string>, value: number): Expected {
  const key = seriesKey(labels)
  expected[key] = (expected[key] ?? 0) + value
  return expected
}

/** One text for one set of labels, whatever their order. */
export function seriesKey(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .toSorted()
    .join(' ')
}

/** `ai_tokens_total`, as it follows from what the provider served. */
export function expectedTokens(served: readonly Served[]): Expected {
  const expected: Expected = {}
  for (const { model, operation, usage } of served) {
    if (!usage) continue
    add(expected, { model, operation, token_type: 'prompt' }, usage.input)
    add(expected, { model, operation, token_type: 'completion' }, usage.output)
  }
  return expected
}

/**
 * USD for a million tokens: input, cached input, output. The list prices of OpenAI's standard tier, as its price page
 * had them in 2025, entered by hand so that they do not come from the price list under test.
 */
const USD_PER_MILLION: Readonly<Record<string, readonly [number, number, number]>> = {
  'gpt-4o-mini': [0.15, 0.075, 0.6],
  'gpt-4o': [2.5, 1.25, 10],
  'gpt-4.1': [2, 0.5, 8],
  'gpt-4.1-mini': [0.4, 0.1, 1.6],
  'o4-mini': [1.1, 0.275, 4.4],
  'gpt-3.5-turbo-instruct': [1.5, 1.5, 2],
  'text-embedding-3-small': [0.02, 0.02, 0],
}

/** The bill for one answer in whole pico-USD; `undefined` where there is no price. */
export function billOf({ model, usage }: Served): number | undefined {
  const prices = USD_PER_MILLION[model]
  if (!usage || !prices) return undefined
  const [input, cached, output] = prices.map((usdPerMillion) => Math.round(usdPerMillion * 1e6)) as [
    number,
    number,
    number,
  ]
  return (usage.input - usage.cached) * input + usage.cached * cached + usage.output * output
}

/** `ai_cost_total`, computed in whole pico-USD and divided once. */
export function expectedCost(served: readonly Served[]): Expected {
  const picoUsd: Expected = {}
  for (const answer of served) {
    const { model, operation } = answer
    const bill = billOf(answer)
    if (bill !== undefined) add(picoUsd, { model, operation, provider: 'openai' }, bill)
  }
  return Object.fromEntries(Object.entries(picoUsd).map(([labels, cost]) => [labels, cost / 1e12]))
}
