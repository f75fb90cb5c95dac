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
  const sums = new ValueSums()
  const add: TakeRow = (value, cost, calls) => sums.add(value, cost, calls)
  blocks.forEach({ table: 'rollups', dimension }, range, add)
  const { values } = sums
  return rankings.map((ranking) => {
    const columns = ranking.map((name) => values.map((value) => sums.of(value, name)))
    // Of two that are alike the one that was known first, so that a chart does not change its lines.
    const order = (a: number, b: number): number => compare(columns, a, b) || (values[a] ?? 0) - (values[b] ?? 0)
    return first(values.length, limit, order).map((index) => values[index] ?? 0)
  })
}

/** Values that a chart gets for each ranking: more lines than can be told apart. */
const MOST_SHOWN = 10

/** The values of a dimension that a chart gets: those with the greatest cost, and those with the most calls. */
export function shownValues(blocks: SumBlocks, dimension: number, range: Range): readonly number[] {
  return [...new Set(topValues(blocks, dimension, range, [['cost'], ['calls']], MOST_SHOWN).flat())]
}

/** Values below are places in a list: they are numbers of words, which begin at 1 and leave few out. Others get the places behind. */
const MOST_DENSE = 2 ** 19

/** Sums by value. A map of a hundred thousand values takes some times as long. */
class ValueSums {
  readonly values: number[] = []
  readonly #far = new Map<number, number>()
  #cost = new Float64Array(4096)
  #calls = new Float64Array(4096)

  add(value: number, cost: number, calls: number): void {
    const place = this.#placeOf(value)
    if (place >= this.#calls.length) this.#grow(place)
    const before = this.#calls[place] as number
    // Nothing is summed up where no call was.
    if (before === 0) this.values.push(value)
    this.#calls[place] = before + calls
    this.#cost[place] = (this.#cost[place] as number) + cost
  }

  of(value: number, name: 'cost' | 'calls'): number {
    const column = name === 'cost' ? this.#cost : this.#calls
    return column[this.#placeOf(value)] ?? 0
  }

  #placeOf(value: number): number {
    if (value < MOST_DENSE) return value
    let place = this.#far.get(value)
    if (place === undefined) this.#far.set(value, (place = MOST_DENSE + this.#far.size))
    return place
  }

  #grow(place: number): void {
    let { length } = this.#calls
    while (length <= place) length *= 2
    const [cost, calls] = [new Float64Array(length), new Float64Array(length)]
    cost.set(this.#cost)
    calls.set(this.#calls)
    this.#cost = cost
    this.#calls = calls
  }
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
