import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SumBlocks } from './sum-blocks.ts'
import { topValues } from './top-values.ts'

type Row = readonly [value: number, cost: number, calls: number]

const blocksOf = (rows: readonly Row[]): SumBlocks =>
  ({
    forEach: (_: unknown, __: unknown, take: (...row: Row) => void) => {
      for (const row of rows) take(...row)
    },
  }) as unknown as SumBlocks

const RANGE = { from: 0, to: 1 }
const RANKINGS = [['cost', 'calls'], ['calls']] as const

/** The same by a map and a sort of everything. */
function expected(rows: readonly Row[], limit: number): readonly (readonly number[])[] {
  const sums = new Map<number, { cost: number; calls: number }>()
  for (const [value, cost, calls] of rows) {
    const known = sums.get(value) ?? { cost: 0, calls: 0 }
    sums.set(value, { cost: known.cost + cost, calls: known.calls + calls })
  }
  return RANKINGS.map((ranking) =>
    [...sums]
      .toSorted(([a, one], [b, other]) => {
        const difference = ranking.map((name) => other[name] - one[name]).find((by) => by !== 0)
        return difference ?? a - b
      })
      .slice(0, limit)
      .map(([value]) => value),
  )
}

test('the first values are those of a sort of all sums, however large their numbers are', () => {
  const value = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 2 ** 19 - 2, max: 2 ** 19 + 20 }))
  const row = fc.tuple(value, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 9 }))
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), fc.integer({ min: 1, max: 12 }), (rows, limit) => {
      expect(topValues(blocksOf(rows), 4, RANGE, RANKINGS, limit)).toEqual(expected(rows, limit))
    }),
  )
})
