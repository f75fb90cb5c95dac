import type { CallEnd, CallStart, Usage, UsagePiece } from '@tokenmeter/meter'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fullCard } from '../test/arbitrary.ts'
import { bill } from './bill.ts'
import { billCall } from './bill-call.ts'
import type { RateCard } from './rate-card.ts'

const CARD: RateCard = {
  provider: 'openai',
  model: 'any',
  listedAs: 'any',
  tier: 'batch',
  zone: 'global',
  source: 'a test',
  date: '2026-11-27',
  rates: { input: '1', output: '4', file_search: '2500' },
  longContext: [{ aboveInputTokens: 272_000, rates: { input: '2', output: '6', file_search: '2500' } }],
}

const CALL: CallStart & CallEnd = {
  operation: 'batch_retrieval',
  provider: 'openai',
  request: { model: 'any', stream: false, parameters: {}, inputIsText: false, outputIsText: false },
  startTime: 0,
  attempts: [],
  timing: { duration: 0, chunks: 0 },
  outcome: { kind: 'success' },
}

const none = (): { unpriced: 'unknown_model' } => ({ unpriced: 'unknown_model' })
const priced = (end: Partial<CallEnd>, card = CARD): ReturnType<typeof billCall> =>
  billCall({ ...CALL, ...end }, card, none)
const piece = (inputTokens: number, outputTokens: number): UsagePiece => ({
  usage: { inputTokens, outputTokens },
  requests: 1,
  longestInput: inputTokens,
})

describe('the usage of a batch, which is a sum', () => {
  test('has a price while the sum itself is no long prompt', () => {
    expect(priced({ usage: { inputTokens: 272_000, outputTokens: 0 } }).cost?.usd).toBe(0.272)
    expect(priced({ usage: { inputTokens: 272_001, outputTokens: 0 } })).toEqual({ unpriced: 'summed_usage' })
  })

  test('has none where every request has one', () => {
    const card = { ...CARD, rates: { ...CARD.rates, request: '25000' } }
    expect(priced({ usage: { inputTokens: 1, outputTokens: 0 } }, card)).toEqual({ unpriced: 'summed_usage' })
    const pieces = [{ ...piece(10, 0), requests: 3 }]
    expect(priced({ pieces }, card).cost?.picoUsd).toBe(10_000_000n + 75_000_000_000n)
  })

  test('has that of its pieces, each by its own length, with the tools beside them', () => {
    const { cost } = priced({
      pieces: [piece(1000, 10), piece(300_000, 10), piece(2000, 0)],
      units: { fileSearches: 2 },
    })
    expect(cost?.breakdown.map(({ part, units, usdPerMillion }) => [part, units, usdPerMillion])).toEqual([
      ['input', 3000, '1'],
      ['output', 10, '4'],
      ['input', 300_000, '2'],
      ['output', 10, '6'],
      ['file_search', 2, '2500'],
    ])
    expect(cost?.picoUsd).toBe(3_000_000_000n + 40_000_000n + 600_000_000_000n + 60_000_000n + 5_000_000_000n)
  })

  test('costs what its requests cost one by one, in whatever order', () => {
    const requests = fc.array(fc.record({ inputTokens: fc.nat(400_000), outputTokens: fc.nat(10_000) }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(fullCard, requests, (card, usages) => {
        const oneByOne = usages.reduce((sum, usage) => sum + bill(card, usage).cost!.picoUsd, 0n)
        const pieces = usages.map(({ inputTokens, outputTokens }) => piece(inputTokens, outputTokens))
        for (const order of [pieces, pieces.toReversed()]) {
          const { cost } = billCall({ ...CALL, pieces: order }, card, none)
          expect(cost?.picoUsd).toBe(oneByOne)
          expect(cost?.breakdown.reduce((sum, part) => sum + part.picoUsd, 0n)).toBe(oneByOne)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('images that a model had made', () => {
  const images: RateCard = { ...CARD, rates: { input: '5', output_image: '30' }, longContext: [] }
  const usage: Usage = { inputTokens: 100, outputTokens: 1000, output: { image: 1000 } }
  const own: Usage = { inputTokens: 1000, outputTokens: 0 }
  const call = { ...CALL, operation: 'response' as const, usage: own }
  const cardOf = (model: string): ReturnType<typeof none> | { card: RateCard } =>
    model === 'painter' ? { card: images } : none()

  test('are lines of their own, which add up with the others', () => {
    const { cost } = billCall({ ...call, units: { imageTool: { model: 'painter', usage } } }, CARD, cardOf)
    expect(cost?.breakdown.map(({ part, picoUsd }) => [part, picoUsd])).toEqual([
      ['input', 1_000_000_000n],
      ['image_tool.input', 500_000_000n],
      ['image_tool.output_image', 30_000_000_000n],
    ])
    expect(cost?.picoUsd).toBe(31_500_000_000n)
  })

  test.each([
    ['nobody says by which model', { usage }, 'unknown_unit'],
    ['nobody says of how many tokens', { model: 'painter' }, 'unknown_unit'],
    ['their model has no price', { model: 'nobody', usage }, 'unknown_model'],
    ['something in them has no price', { model: 'painter', usage: { ...usage, input: { image: 50 } } }, 'unknown_unit'],
  ])('make the whole cost unknown when %s', (_, imageTool, unpriced) => {
    expect(billCall({ ...call, units: { imageTool } }, CARD, cardOf)).toEqual({ unpriced })
  })
})
