import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CostTracker, type RecordContext } from './cost-tracker.ts'

const at = new Date('2026-11-24T12:00:00Z')

const amounts = (map: ReadonlyMap<string, { readonly calls: number; readonly usd: string }>): unknown =>
  [...map].map(([key, { calls, usd }]) => [key, calls, usd])

test('totals are told by model, operation, feature and day, and count calls without a cost', () => {
  const tracker = new CostTracker()
  const chat = { prompt_tokens: 1000, completion_tokens: 500 }
  for (let index = 0; index < 10; index++) tracker.record(chat, { model: 'gpt-4o-mini', at, feature: 'summaries' })
  tracker.record({ prompt_tokens: 8 }, { model: 'text-embedding-3-small', at: new Date('2026-11-23T23:59:59Z') })
  tracker.record({ input_tokens: 7, output_tokens: 3 }, { model: 'gpt-99', at, feature: 'search' })
  tracker.record(null, { model: 'gpt-99', at })
  tracker.record({ prompt_tokens: -1 }, { model: 'gpt-4o', at })

  const { byModel, byOperation, byFeature, byDay, ...total } = tracker.totals()
  expect(total).toEqual({
    calls: 14,
    unpricedCalls: 3,
    inputTokens: 10_015,
    outputTokens: 5003,
    picoUsd: 4_500_160_000n,
    usd: '0.00450016',
  })
  expect(amounts(byModel)).toEqual([
    ['gpt-4o-mini', 10, '0.0045'],
    ['text-embedding-3-small', 1, '0.00000016'],
    ['gpt-99', 2, '0'],
    ['gpt-4o', 1, '0'],
  ])
  expect(amounts(byOperation)).toEqual([
    ['chat_completion', 12, '0.0045'],
    ['embedding', 1, '0.00000016'],
    ['response', 1, '0'],
  ])
  expect(amounts(byFeature)).toEqual([
    ['summaries', 10, '0.0045'],
    ['search', 1, '0'],
  ])
  expect(amounts(byDay)).toEqual([
    ['2026-11-23', 1, '0.00000016'],
    ['2026-11-24', 13, '0.0045'],
  ])
})

test('keys are bounded: the rest is other, days long past are one, and nothing is lost', () => {
  const tracker = new CostTracker({ maxKeys: 2 })
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 }
  for (let index = 0; index < 500; index++) {
    const day = new Date(Date.UTC(2025, 0, 1 + index))
    tracker.record(usage, {
      model: `gpt-4o-mini-${index}`,
      responseModel: 'gpt-4o-mini',
      feature: `f${index}`,
      at: day,
    })
  }
  const { byModel, byFeature, byDay, usd } = tracker.totals()
  expect(usd).toBe('75')
  expect([...byModel.keys()]).toEqual(['gpt-4o-mini-0', 'gpt-4o-mini-1', 'other'])
  expect(byFeature.get('other')?.calls).toBe(498)
  const days = [...byDay.keys()]
  expect([days.length, days[0], days[1]]).toEqual([401, 'earlier', '2025-04-11'])
  expect([...byDay.values()].reduce((sum, { picoUsd }) => sum + picoUsd, 0n)).toBe(75_000_000_000_000n)
})

/** USD a million, scaled so that a token costs a whole number of pico-USD. */
const RATES = {
  'gpt-4o': { input: 2_500_000n, cached: 1_250_000n, output: 10_000_000n },
  'gpt-4o-mini': { input: 150_000n, cached: 75_000n, output: 600_000n },
  'gpt-4.1-nano': { input: 100_000n, cached: 25_000n, output: 400_000n },
} as const

interface RandomCall {
  readonly model: keyof typeof RATES
  readonly fresh: number
  readonly cached: number
  readonly output: number
}

const randomCall: fc.Arbitrary<RandomCall> = fc.record({
  model: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'gpt-4.1-nano'),
  fresh: fc.nat(500_000),
  cached: fc.nat(500_000),
  output: fc.nat(100_000),
})

const record = (
  tracker: CostTracker,
  { model, fresh, cached, output }: RandomCall,
  more: Partial<RecordContext> = {},
) =>
  tracker.record(
    {
      prompt_tokens: fresh + cached,
      completion_tokens: output,
      prompt_tokens_details: { cached_tokens: cached },
    },
    { model, at, ...more },
  )

function exact({ model, fresh, cached, output }: RandomCall): bigint {
  const rates = RATES[model]
  return BigInt(fresh) * rates.input + BigInt(cached) * rates.cached + BigInt(output) * rates.output
}

describe('sums', () => {
  test('of 100,000 random calls are the exact rational sum, to the pico-dollar', () => {
    const tracker = new CostTracker()
    const calls = fc.sample(randomCall, { numRuns: 100_000, seed: 24 })
    for (const call of calls) record(tracker, call)
    const { picoUsd, byModel, calls: count } = tracker.totals()
    expect(count).toBe(100_000)
    expect(picoUsd).toBe(calls.reduce((sum, call) => sum + exact(call), 0n))
    expect([...byModel.values()].reduce((sum, total) => sum + total.picoUsd, 0n)).toBe(picoUsd)
  })

  test('do not depend on the order of the calls', () => {
    const both = fc
      .array(randomCall, { maxLength: 30 })
      .chain((calls) =>
        fc.shuffledSubarray(calls, { minLength: calls.length }).map((shuffled) => [calls, shuffled] as const),
      )
    fc.assert(
      fc.property(both, ([calls, shuffled]) => {
        const [one, other] = [new CostTracker(), new CostTracker()]
        for (const call of calls) record(one, call)
        for (const call of shuffled) record(other, call)
        expect(other.totals().picoUsd).toBe(one.totals().picoUsd)
      }),
    )
  })

  test('of the parts are the whole, for every call', () => {
    const tracker = new CostTracker()
    fc.assert(
      fc.property(randomCall, (call) => {
        const { parts } = record(tracker, call)
        expect(parts.reduce((sum, { picoUsd }) => sum + picoUsd, 0n)).toBe(exact(call))
      }),
    )
  })
})

test('garbage of any kind never throws, is never negative and loses nothing that was recorded', () => {
  const tracker = new CostTracker()
  tracker.record({ prompt_tokens: 1_000_000, completion_tokens: 0 }, { model: 'gpt-4o-mini', at })
  const before = tracker.totals().picoUsd
  const garbage = fc.oneof(fc.anything(), fc.constantFrom(-1, Number.NaN, '12', 1e18, Infinity, null))
  const usage = fc.record({ prompt_tokens: garbage, completion_tokens: garbage, prompt_tokens_details: garbage })
  fc.assert(
    fc.property(
      fc.oneof(usage, fc.anything()),
      fc.oneof(fc.constant({ model: 'gpt-4o' }), fc.anything()),
      (used, context) => {
        tracker.record(used as object, context as RecordContext)
        tracker.estimateRequest(used as object, context as object)
      },
    ),
  )
  expect(tracker.totals().picoUsd).toBeGreaterThanOrEqual(before)
})
