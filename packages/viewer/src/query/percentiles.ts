import type { DatabaseSync } from 'node:sqlite'
import { type Dimension, DIMENSIONS, DIMENSIONS_WITH_PERCENTILES, MEASURES } from '../store/dimensions.ts'
import { BucketCounts } from '../store/bucket-counts.ts'
import { type BucketCount, percentiles } from '../store/sketch.ts'
import type { Range } from './range.ts'
import type { SumBlocks, TakeRow } from './sum-blocks.ts'
import { MINUTE_MS, type SumRows } from './sum-rows.ts'
import { shownValues } from './top-values.ts'
import { rememberedWords } from './traces.ts'

/** Percentiles of seconds; `null` where nothing was measured. */
export interface Percentiles {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** Percentiles of one step of time. */
export interface PercentilesByStep extends Percentiles {
  /** Milliseconds since the epoch. */
  readonly time: number
  /** Of which model, feature, provider or operation; empty: of all calls. */
  readonly value: string
}

/** What is measured. */
export type Measure = keyof typeof MEASURES

/** Percentiles of a measure in a range, of all calls. */
export function percentilesOf(blocks: SumBlocks, measure: Measure, range: Range): Percentiles {
  const counts = new BucketCounts()
  blocks.forEach(sketchesOf('all', measure), range, (_, bucket, count) => counts.add(bucket, count))
  return asPercentiles(counts.ascending())
}

const sketchesOf = (by: Dimension, measure: Measure): SumRows => ({
  table: 'sketches',
  dimension: DIMENSIONS[by],
  measure: MEASURES[measure],
})

/** Percentiles by steps of time, of the values that a chart gets. None of dimensions for which they are not kept: of users and sessions. */
export function percentileSeries(
  database: DatabaseSync,
  blocks: SumBlocks,
  { by, measure }: { readonly by: Dimension; readonly measure: Measure },
  range: Range,
  stepMinutes: number,
): readonly PercentilesByStep[] {
  if (!DIMENSIONS_WITH_PERCENTILES.includes(by)) return []
  const values = by === 'all' ? undefined : shownValues(blocks, DIMENSIONS[by], range)
  const steps = new Map<number, Map<number, BucketCounts>>()
  const take: TakeRow = (minute, bucket, count, value = 0) => {
    const byValue = countsAt(steps, Math.floor(minute / stepMinutes), newMap)
    countsAt(byValue, value, newCounts).add(bucket, count)
  }
  blocks.forEach({ ...sketchesOf(by, measure), ...(values && { values }) }, range, take, stepMinutes)
  const wordOf = rememberedWords(database)
  return [...steps].flatMap(([step, byValue]) =>
    Array.from(byValue, ([value, counts]) => ({
      time: step * stepMinutes * MINUTE_MS,
      value: by === 'all' ? '' : (wordOf(value) ?? ''),
      ...percentilesAndEmpty(counts),
    })),
  )
}

function countsAt<Value>(map: Map<number, Value>, key: number, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}

const newMap = (): Map<number, BucketCounts> => new Map()

/** Counts that are kept to be filled again: a chart has a thousand of them, each of some kilobytes. */
const spare: BucketCounts[] = []
const MOST_SPARE = 2000

const newCounts = (): BucketCounts => spare.pop() ?? new BucketCounts()

function percentilesAndEmpty(counts: BucketCounts): Percentiles {
  const of = asPercentiles(counts.ascending())
  counts.clear()
  if (spare.length < MOST_SPARE) spare.push(counts)
  return of
}

/** The percentiles that are shown, of counts by bucket. */
export function asPercentiles(counts: readonly BucketCount[]): Percentiles {
  const [p50 = null, p95 = null, p99 = null] = percentiles(counts, [0.5, 0.95, 0.99])
  return { p50, p95, p99 }
}
