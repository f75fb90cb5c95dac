import type { DatabaseSync } from 'node:sqlite'
import { decimalUsd } from '@tokenmeter/meter'
import { type Dimension, DIMENSIONS, MEASURES } from '../store/dimensions.ts'
import { type BucketCount, bucketSql, percentiles } from '../store/sketch.ts'
import { type CallQuery, whereOf } from './call-queries.ts'
import type { Range } from './range.ts'

/** What some calls add up to. */
export interface Sums {
  readonly calls: number
  readonly errors: number
  readonly rateLimits: number
  readonly cancelled: number
  /** Answers with 429, retried ones too. */
  readonly rateLimitHits: number
  readonly retries: number
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  /** USD as an exact decimal, of the calls that have a cost. */
  readonly cost: string
  /** Answered calls whose cost is unknown. */
  readonly unpriced: number
}

/** Sums of one value of a dimension: of one model, of one user. */
export interface SumsByValue extends Sums {
  readonly value: string
}

/** Sums of one step of time. */
export interface SumsByStep extends SumsByValue {
  /** Milliseconds since the epoch. */
  readonly time: number
}

/** Percentiles of seconds; `null` where nothing was measured. */
export interface Percentiles {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

const COUNTED = 'calls errors rate_limits cancelled rate_limit_hits retries input cached output unpriced'.split(' ')
const OUT_OF_ROLLUPS = [...COUNTED.map((name) => `sum(${name}) AS ${name}`), 'CAST(sum(cost) AS TEXT) AS cost'].join(
  ', ',
)
const MINUTES = 60_000

function sumsOf(row: Readonly<Record<string, unknown>>): Sums {
  const count = (name: string): number => Number(row[name] ?? 0)
  return {
    calls: count('calls'),
    errors: count('errors'),
    rateLimits: count('rate_limits'),
    cancelled: count('cancelled'),
    rateLimitHits: count('rate_limit_hits'),
    retries: count('retries'),
    inputTokens: count('input'),
    cachedTokens: count('cached'),
    outputTokens: count('output'),
    cost: decimalUsd(BigInt((row['cost'] as string | null) ?? '0')),
    unpriced: count('unpriced'),
  }
}

const minutesOf = ({ from, to }: Range): readonly [number, number] => [
  Math.floor(from / MINUTES),
  Math.ceil(to / MINUTES),
]

/** What all calls of a range add up to, in whole minutes. */
export function totals(database: DatabaseSync, range: Range): Sums {
  const row = database
    .prepare(`SELECT ${OUT_OF_ROLLUPS} FROM rollups WHERE dimension = 0 AND minute >= ? AND minute < ?`)
    .get(...minutesOf(range))
  return sumsOf(row ?? {})
}

/** The same for the calls that a filter lets through: they are looked at one by one. */
export function filteredTotals(database: DatabaseSync, query: CallQuery): Sums {
  const { sql, values } = whereOf(query)
  const row = database
    .prepare(
      `SELECT count(*) AS calls, sum(status = 1) AS errors, sum(status = 2) AS rate_limits, sum(status = 3) AS cancelled,
       sum(rate_limit_hits) AS rate_limit_hits, sum(max(attempts - 1, 0)) AS retries, sum(iif(estimated, 0, input)) AS input,
       sum(iif(estimated, 0, cached)) AS cached, sum(iif(estimated, 0, output)) AS output,
       CAST(sum(iif(estimated, 0, cost)) AS TEXT) AS cost, sum(unpriced IS NOT NULL) AS unpriced FROM calls WHERE ${sql}`,
    )
    .get(...values)
  return sumsOf(row ?? {})
}

/** Sums by the values of a dimension, the dearest first. */
export function breakdown(
  database: DatabaseSync,
  by: Exclude<Dimension, 'all'>,
  range: Range,
  limit: number,
): readonly SumsByValue[] {
  const rows = database
    .prepare(
      `SELECT (SELECT word FROM words WHERE words.id = value) AS value, ${OUT_OF_ROLLUPS} FROM rollups
       WHERE dimension = ? AND minute >= ? AND minute < ? GROUP BY value ORDER BY sum(cost) DESC, sum(calls) DESC LIMIT ?`,
    )
    .all(DIMENSIONS[by], ...minutesOf(range), limit)
  return rows.map((row) => ({ value: String(row['value']), ...sumsOf(row) }))
}

/** Sums by the values of a dimension and by steps of time, for charts; steps without calls are left out. */
export function series(
  database: DatabaseSync,
  by: Dimension,
  range: Range,
  stepMinutes: number,
): readonly SumsByStep[] {
  const rows = database
    .prepare(
      `SELECT minute / ? AS step, (SELECT word FROM words WHERE words.id = value) AS value, ${OUT_OF_ROLLUPS} FROM rollups
       WHERE dimension = ? AND minute >= ? AND minute < ? GROUP BY step, value ORDER BY step, value`,
    )
    .all(stepMinutes, DIMENSIONS[by], ...minutesOf(range))
  return rows.map((row) => ({
    time: Number(row['step']) * stepMinutes * MINUTES,
    value: by === 'all' ? '' : String(row['value']),
    ...sumsOf(row),
  }))
}

/** Percentiles of a measure in a range: of all calls, or of those of one value of a dimension. */
export function percentilesOf(
  database: DatabaseSync,
  measure: keyof typeof MEASURES,
  range: Range,
  by: Dimension = 'all',
  value?: string,
): Percentiles {
  const counts = database
    .prepare(
      `SELECT bucket, sum(count) AS count FROM sketches WHERE dimension = ? AND measure = ? AND minute >= ? AND minute < ?
       ${value === undefined ? '' : 'AND value = (SELECT id FROM words WHERE word = ?)'} GROUP BY bucket`,
    )
    .all(DIMENSIONS[by], MEASURES[measure], ...minutesOf(range), ...(value === undefined ? [] : [value]))
  return asPercentiles(counts as unknown as BucketCount[])
}

/** Percentiles by steps of time, of all calls. */
export function percentileSeries(
  database: DatabaseSync,
  measure: keyof typeof MEASURES,
  range: Range,
  stepMinutes: number,
): readonly (Percentiles & { readonly time: number })[] {
  const rows = database
    .prepare(
      `SELECT minute / ? AS step, bucket, sum(count) AS count FROM sketches
       WHERE dimension = 0 AND measure = ? AND minute >= ? AND minute < ? GROUP BY step, bucket ORDER BY step`,
    )
    .all(stepMinutes, MEASURES[measure], ...minutesOf(range)) as unknown as (BucketCount & { step: number })[]
  const byStep = new Map<number, BucketCount[]>()
  for (const { step, ...count } of rows) {
    const counts = byStep.get(step)
    if (counts) counts.push(count)
    else byStep.set(step, [count])
  }
  return [...byStep].map(([step, counts]) => ({ time: step * stepMinutes * MINUTES, ...asPercentiles(counts) }))
}

/** Percentiles of the duration of the calls that a filter lets through. */
export function filteredPercentiles(database: DatabaseSync, query: CallQuery): Percentiles {
  const { sql, values } = whereOf(query)
  const counts = database
    .prepare(
      `SELECT ${bucketSql('duration / 1e9')} AS bucket, count(*) AS count FROM calls WHERE ${sql} GROUP BY bucket`,
    )
    .all(...values)
  return asPercentiles(counts as unknown as BucketCount[])
}

function asPercentiles(counts: readonly BucketCount[]): Percentiles {
  const [p50 = null, p95 = null, p99 = null] = percentiles(counts, [0.5, 0.95, 0.99])
  return { p50, p95, p99 }
}
