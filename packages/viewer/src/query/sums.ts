import type { DatabaseSync } from 'node:sqlite'
import { decimalUsd } from '@tokenmeter/meter'
import { type Dimension, DIMENSIONS, SUM_COLUMNS } from '../store/dimensions.ts'
import { type BucketCount, bucketSql } from '../store/sketch.ts'
import { type CallQuery, callsIn, stretchBefore, type Where, whereFew, whereOf } from './call-scan.ts'
import { nanosOf, type Range } from './range.ts'
import { asPercentiles, type Percentiles } from './percentiles.ts'
import type { SumBlocks } from './sum-blocks.ts'
import { MINUTE_MS, rowsOf } from './sum-rows.ts'
import { shownValues, topValues } from './top-values.ts'
import { rememberedWords } from './traces.ts'

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
  /** Seconds that the calls took, added up. */
  readonly durationSeconds: number
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

/** Costs and nanoseconds are more than a number holds. */
const WIDE: Readonly<Record<string, string>> = { cost: 'CAST(sum(cost) AS TEXT)', duration: 'sum(duration) / 1e9' }
const OUT_OF_ROLLUPS = SUM_COLUMNS.map((name) => `${WIDE[name] ?? `sum(${name})`} AS ${name}`).join(', ')

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
    durationSeconds: count('duration'),
  }
}

/** What all calls of a range add up to, in whole minutes. */
export function totals(database: DatabaseSync, range: Range): Sums {
  const rows = rowsOf(database, { table: 'rollups', dimension: DIMENSIONS.all }, range)
  return sumsOf(database.prepare(`SELECT ${OUT_OF_ROLLUPS} FROM ${rows}`).get() ?? {})
}

/** Sums and percentiles of the calls that a filter lets through: they are looked at one by one. */
export function filteredTotals(database: DatabaseSync, query: CallQuery): Sums & Percentiles {
  return totalsWhere(database, whereFew(database, query) ?? whereOf(query))
}

/** Such sums, and from when on calls were looked at, where that is not the whole range. */
export type RecentTotals = Sums &
  Percentiles & {
    /** Milliseconds since the epoch. */
    readonly since?: number
  }

/** The same of the newest `calls` of the range, where an index cannot tell that few have to be looked at. */
export function recentTotals(
  database: DatabaseSync,
  query: CallQuery & { readonly range: Range },
  calls: number,
): RecentTotals {
  const few = whereFew(database, query)
  if (few) return totalsWhere(database, few)
  const [from, to] = nanosOf(query.range)
  const stretch = stretchBefore(database, to - 1n, calls)
  if (!stretch || stretch.isEnd || stretch.first <= from) return totalsWhere(database, whereOf(query, stretch?.ids))
  const { sql, values } = whereOf(query, stretch.ids)
  const { table, ...newest } = callsIn(database, stretch, calls)
  const sums = totalsWhere(database, { sql: `${newest.sql} AND ${sql}`, values: [...newest.values, ...values] }, table)
  return { ...sums, since: Number(stretch.first / 1000n) / 1000 }
}

/** One look at the calls for everything: by buckets of their duration. */
function totalsWhere(database: DatabaseSync, { sql, values }: Where, table: string = 'calls'): Sums & Percentiles {
  const buckets = `SELECT ${bucketSql('duration / 1e9')} AS bucket, count(*) AS calls, sum(status = 1) AS errors, sum(status = 2) AS rate_limits,
    sum(status = 3) AS cancelled, sum(rate_limit_hits) AS rate_limit_hits, sum(max(attempts - 1, 0)) AS retries, sum(iif(estimated, 0, input)) AS input,
    sum(iif(estimated, 0, cached)) AS cached, sum(iif(estimated, 0, output)) AS output, sum(iif(estimated, 0, cost)) AS cost,
    sum(unpriced IS NOT NULL) AS unpriced, sum(duration) AS duration FROM ${table} WHERE ${sql} GROUP BY bucket`
  const row = database
    .prepare(
      `WITH buckets AS MATERIALIZED (${buckets})
       SELECT ${OUT_OF_ROLLUPS}, json_group_array(json_object('bucket', bucket, 'count', calls)) AS durations FROM buckets`,
    )
    .get(...values)
  const durations = JSON.parse((row?.['durations'] as string | undefined) ?? '[]') as BucketCount[]
  return { ...sumsOf(row ?? {}), ...asPercentiles(durations) }
}

/** Sums by the values of a dimension, the dearest first. */
export function breakdown(
  database: DatabaseSync,
  blocks: SumBlocks,
  by: Exclude<Dimension, 'all'>,
  range: Range,
  limit: number,
): readonly SumsByValue[] {
  const wanted = { table: 'rollups', dimension: DIMENSIONS[by] } as const
  const [values = []] = topValues(blocks, DIMENSIONS[by], range, [['cost', 'calls']], limit)
  return database
    .prepare(
      `SELECT (SELECT word FROM words WHERE words.id = value) AS value, ${OUT_OF_ROLLUPS} FROM ${rowsOf(database, { ...wanted, values }, range)}
       GROUP BY value ORDER BY sum(cost) DESC, sum(calls) DESC`,
    )
    .all()
    .map((row) => ({ value: String(row['value']), ...sumsOf(row) }))
}

/**
 * Sums by steps of time, for charts; steps without calls are left out. Of a dimension, those of the values with the greatest cost and the most calls: there may be
 * as many values as calls, and the sums of `all` have the rest.
 */
export function series(
  database: DatabaseSync,
  blocks: SumBlocks,
  by: Dimension,
  range: Range,
  stepMinutes: number,
): readonly SumsByStep[] {
  const wanted = { table: 'rollups', dimension: DIMENSIONS[by] } as const
  const values = shownValues(blocks, DIMENSIONS[by], range)
  const rows = database
    .prepare(
      `SELECT minute / ${stepMinutes} AS step, value, ${OUT_OF_ROLLUPS} FROM ${rowsOf(database, { ...wanted, values }, range, stepMinutes)}
       GROUP BY step, value ORDER BY step, value`,
    )
    .all()
  const wordOf = rememberedWords(database)
  return rows.map((row) => ({
    time: Number(row['step']) * stepMinutes * MINUTE_MS,
    value: by === 'all' ? '' : (wordOf(row['value']) ?? ''),
    ...sumsOf(row),
  }))
}
