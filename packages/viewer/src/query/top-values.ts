import type { Range } from './range.ts'
import type { SumBlocks, TakeRow } from './sum-blocks.ts'

/** By what values of a dimension are told apart: those with more come first; where it is the same, those with more of the next. */
export type Ranking = readonly ('cost' | 'calls')[]

/**
 * For each ranking the first `limit` values of a dimension. There may be as many values as calls.
 *
 * Sums are doubles here: they decide about the order only.
 */
export function topValues(
  blocks: SumBlocks,
  dimension: number,
  range: Range,
  rankings: readonly Ranking[],
  limit: number,
): readonly (readonly number[])[] {
  const indices = new Map<number, number>()
  const sums = { cost: [] as number[], calls: [] as number[] }
  const add: TakeRow = (value, cost, calls) => {
    const index = indices.get(value)
    if (index === undefined) {
      indices.set(value, indices.size)
      sums.cost.push(cost)
      sums.calls.push(calls)
      return
    }
    sums.cost[index] = (sums.cost[index] ?? 0) + cost
    sums.calls[index] = (sums.calls[index] ?? 0) + calls
  }
  blocks.forEach({ table: 'rollups', dimension }, range, add)
  const values = [...indices.keys()]
  return rankings.map((ranking) => {
    const columns = ranking.map((name) => sums[name])
    // Of two that are alike the one that was known first, so that a chart does not change its lines.
    const order = (a: number, b: number): number => compare(columns, a, b) || (values[a] ?? 0) - (values[b] ?? 0)
    return first(values.length, limit, order).map((index) => values[index] ?? 0)
  })
}

function compare(columns: readonly (readonly number[])[], a: number, b: number): number {
  for (const column of columns) {
    const difference = (column[b] ?? 0) - (column[a] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** The first `limit` of the numbers below `count`, without sorting all of them. */
function first(count: number, limit: number, order: (a: number, b: number) => number): readonly number[] {
  const kept: number[] = []
  const cut = (): void => void (kept.sort(order).length = Math.min(kept.length, limit))
  let last = -1
  for (let index = 0; index < count; index += 1) {
    if (last >= 0 && order(index, last) > 0) continue
    kept.push(index)
    if (kept.length < 2 * limit) continue
    cut()
    last = kept[limit - 1] ?? -1
  }
  cut()
  return kept
}
