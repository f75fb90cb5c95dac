import type { ModalityTokens, Usage } from '@tokenmeter/meter'
import * as fc from 'fast-check'
import type { Part, RateCard, Rates } from '../src/index.ts'
import { PARTS } from '../src/rate-card.ts'

/** Splits a total into that many disjoint counts, the last of which is what the others left. */
function split(total: number, parts: number): fc.Arbitrary<number[]> {
  return fc
    .array(fc.nat({ max: total }), { minLength: parts - 1, maxLength: parts - 1 })
    .map((cuts) => [0, ...cuts.toSorted((a, b) => a - b), total])
    .map((cuts) => cuts.slice(1).map((cut, index) => cut - (cuts[index] ?? 0)))
}

const modalities = ([text = 0, audio = 0, image = 0]: readonly number[]): ModalityTokens => ({ text, audio, image })
const plus = (a: readonly number[], b: readonly number[]): number[] => a.map((value, index) => value + (b[index] ?? 0))

/** Usage in which every part may occur, and every subset fits. */
export const usage: fc.Arbitrary<Usage> = fc
  .tuple(fc.nat({ max: 2_000_000 }), fc.nat({ max: 200_000 }))
  .chain(([inputTokens, outputTokens]) =>
    fc.tuple(split(inputTokens, 7), split(outputTokens, 3)).map(([input, output]) => {
      const [cacheWriteTokens = 0, ...rest] = input
      const cached = rest.slice(0, 3)
      const fresh = rest.slice(3)
      return {
        inputTokens,
        outputTokens,
        cacheReadTokens: cached.reduce((sum, count) => sum + count),
        cacheWriteTokens,
        input: modalities(plus(plus(fresh, cached), [cacheWriteTokens, 0, 0])),
        output: modalities(output),
        cacheRead: modalities(cached),
      }
    }),
  )

/** A price of up to eleven decimals, which is finer than a pico-USD a token. */
const rate = fc
  .tuple(fc.nat({ max: 200 }), fc.nat({ max: 99_999_999_999 }))
  .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(11, '0')}`)

const rates: fc.Arbitrary<Rates> = fc
  .tuple(...PARTS.map(() => rate))
  .map((prices) => Object.fromEntries(PARTS.map((part, index) => [part, prices[index] ?? '0'])) as Record<Part, string>)

/** A card with a rate for every part, and a step for long prompts. */
export const fullCard: fc.Arbitrary<RateCard> = fc.tuple(rates, rates).map(([base, long]) => ({
  provider: 'openai',
  model: 'any',
  listedAs: 'any',
  tier: 'standard',
  zone: 'global',
  source: 'a test',
  date: '2026-11-24',
  rates: base,
  longContext: [{ aboveInputTokens: 200_000, rates: long }],
}))
