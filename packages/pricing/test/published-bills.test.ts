import { describe, expect, test } from 'vitest'
import { CostTracker } from '../src/index.ts'
import { PUBLISHED_BILLS } from './published-bills.ts'

/** A day on which all prices of the table hold, for the rows that name none. */
const at = '2026-11-27'
const tracker = new CostTracker()

describe('bills by the prices that providers publish', () => {
  test('are at least 120, no two alike, each with its source and date', () => {
    expect(new Set(PUBLISHED_BILLS.map(({ name }) => name)).size).toBe(PUBLISHED_BILLS.length)
    expect(new Set(PUBLISHED_BILLS.map(({ usage, context }) => JSON.stringify([usage, context]))).size).toBeGreaterThan(
      119,
    )
    for (const { source, date } of PUBLISHED_BILLS)
      expect([source, date]).toEqual([expect.stringMatching(/./), expect.stringMatching(/^2026-11-\d\d$/)])
  })

  test.each(PUBLISHED_BILLS)('$name: $usd', ({ usage, context, arithmetic, usd }) => {
    const estimate = tracker.estimate(usage, { at, ...context })
    expect(estimate.unpriced, `${arithmetic} in ${JSON.stringify(context)}`).toBeUndefined()
    expect(Math.abs(Number(estimate.usd) - Number(usd)), arithmetic).toBeLessThan(1e-9)
    expect(estimate.parts.reduce((sum, { picoUsd }) => sum + picoUsd, 0n)).toBe(picoUsdOf(usd))
  })
})

/** All of the table's amounts are whole pico-USD. */
function picoUsdOf(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.')
  return BigInt(whole + fraction.padEnd(12, '0'))
}
