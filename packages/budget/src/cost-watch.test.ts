import { expect, test } from 'vitest'
import { CostWatch, type CostWatchRules } from './cost-watch.ts'

const USD = 1_000_000_000_000n
const MINUTE_MS = 60_000

function watchOf(rules: Partial<CostWatchRules>): CostWatch {
  return new CostWatch({
    name: 'AI cost',
    totalPicoUsd: undefined,
    rollingPicoUsd: undefined,
    window: 100,
    trendPercent: undefined,
    cooldownMs: 5 * MINUTE_MS,
    ...rules,
  })
}

test('the total is told when it is reached, and not again', () => {
  const watch = watchOf({ totalPicoUsd: 3n * USD })
  const alerts = [1, 2, 3, 4, 5].flatMap((minute) => watch.record(USD, minute * MINUTE_MS * 10))
  expect(alerts).toEqual([
    {
      id: expect.any(String),
      kind: 'total',
      text: 'AI cost: 3 USD spent since the process began (limit 3 USD).',
      at: '1970-01-01T00:30:00.000Z',
      budget: 'AI cost',
      spentUsd: '3',
      limitUsd: '3',
      unpricedCalls: 0,
      coverage: 'process',
    },
  ])
})

test('of the recent calls there are as many as the window holds', () => {
  const watch = watchOf({ rollingPicoUsd: 3n * USD, window: 2 })
  expect([USD, USD, USD, USD].flatMap((cost) => watch.record(cost, 0))).toEqual([])
  expect(watch.record(2n * USD, 0).map(({ text }) => text)).toEqual([
    'AI cost: 3 USD spent in the latest 2 calls (limit 3 USD).',
  ])
})

test('a crossing is told again only after the sum was a tenth below, and the cool-down is over', () => {
  const watch = watchOf({ rollingPicoUsd: 100n, window: 2 })
  const spentAt = (minute: number, ...costs: readonly bigint[]): number =>
    costs.flatMap((cost) => watch.record(cost, minute * MINUTE_MS)).length
  expect(spentAt(0, 50n, 50n)).toBe(1)
  // 95 is below, but not well below.
  expect(spentAt(6, 45n, 55n)).toBe(0)
  expect(spentAt(7, 10n, 10n, 90n)).toBe(1)
  // Within the cool-down.
  expect(spentAt(8, 10n, 10n, 90n)).toBe(0)
  expect(watch.check(11 * MINUTE_MS)).toEqual([])
  expect(watch.check(12 * MINUTE_MS).map(({ spentUsd }) => spentUsd)).toEqual(['0.0000000001'])
})

test('a trend is told when the newer half costs so many times what the older half did', () => {
  const watch = watchOf({ trendPercent: 200, window: 20 })
  for (let n = 0; n < 10; n++) watch.record(USD, 0)
  for (let n = 0; n < 9; n++) watch.record(2n * USD, 0)
  expect(watch.check(0)).toEqual([])
  watch.record(2n * USD, 0)
  expect(watch.check(0).map(({ kind, text }) => [kind, text])).toEqual([
    ['trend', 'AI cost: 20 USD spent in the latest 10 calls, after 10 USD in the 10 before (limit 20 USD).'],
  ])
  expect(watch.check(MINUTE_MS)).toEqual([])
})

test('calls that cost nothing are no trend', () => {
  const watch = watchOf({ trendPercent: 200 })
  for (let n = 0; n < 40; n++) watch.record(0n, 0)
  expect(watch.check(0)).toEqual([])
})

test('calls without a cost are told beside', () => {
  const watch = watchOf({ totalPicoUsd: USD })
  expect([watch.record(undefined, 0), watch.record(undefined, 0)]).toEqual([[], []])
  expect(watch.record(USD, 0)).toMatchObject([
    {
      text: 'AI cost: 1 USD spent since the process began (limit 1 USD); 2 calls more have a cost that nobody knows.',
      unpricedCalls: 2,
    },
  ])
})
