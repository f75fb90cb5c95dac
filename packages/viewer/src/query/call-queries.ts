import type { DatabaseSync } from 'node:sqlite'
import { CALL_ROW_COLUMNS, type CallRow, callRowOf } from './call-rows.ts'
import { type Condition, conditionsOf } from './filter.ts'
import { nanosOf, type Range } from './range.ts'

/** Which calls are wanted. */
export interface CallQuery {
  /** As people write it: `model:gpt-* error:429 cost>0.01`. Default: all. */
  readonly filter?: string
  /** Default: all the time. */
  readonly range?: Range
}

/** A page of a list, newest first. */
export interface CallPage {
  readonly calls: readonly CallRow[]
  /** Where the next page begins; absent at the end. */
  readonly next?: string
}

/** The most calls of one page. */
export const MOST_CALLS_A_PAGE = 1000

/** `WHERE` of a query, with its values. */
export function whereOf(
  { filter = '', range }: CallQuery,
  more: readonly Condition[] = [],
): {
  readonly sql: string
  readonly values: readonly (string | number | bigint)[]
} {
  const conditions: { sql: string; values: readonly (string | number | bigint)[] }[] = [
    ...conditionsOf(filter),
    ...more,
  ]
  if (range) conditions.unshift({ sql: 'start >= ? AND start < ?', values: nanosOf(range) })
  const sql = conditions.map((condition) => condition.sql).join(' AND ')
  return { sql: sql === '' ? '1' : sql, values: conditions.flatMap(({ values }) => values) }
}

/**
 * Calls, newest first.
 *
 * @param before where to go on: `next` of the page before.
 * @throws FilterError when the filter cannot be understood.
 */
export function listCalls(database: DatabaseSync, query: CallQuery, limit: number, before?: string): CallPage {
  const { sql, values } = whereOf(query)
  const most = Math.max(1, Math.min(limit, MOST_CALLS_A_PAGE))
  const [start, id] = cursorOf(before)
  const after = start === undefined ? '' : ' AND (start, id) < (?, ?)'
  const rows = database
    .prepare(
      `SELECT ${CALL_ROW_COLUMNS}, CAST(start AS TEXT) AS startNanos FROM calls
       WHERE ${sql}${after} ORDER BY start DESC, id DESC LIMIT ${most + 1}`,
    )
    .all(...values, ...(start === undefined ? [] : [start, id ?? 0n]))
  const calls = rows.slice(0, most).map(callRowOf)
  const last = rows.length > most ? rows[most - 1] : undefined
  return { calls, ...(last && { next: `${String(last['startNanos'])}.${String(last['id'])}` }) }
}

const CURSOR = /^(\d{1,19})\.(\d{1,15})$/

function cursorOf(before: string | undefined): readonly [start?: bigint, id?: bigint] {
  const [, start, id] = CURSOR.exec(before ?? '') ?? []
  return start === undefined || id === undefined ? [] : [BigInt(start), BigInt(id)]
}

/**
 * Calls that arrived after another, in the order of arrival: who asks again with the last number misses none.
 *
 * @throws FilterError when the filter cannot be understood.
 */
export function listCallsAfter(
  database: DatabaseSync,
  query: CallQuery,
  after: number,
  limit: number,
): readonly CallRow[] {
  const { sql, values } = whereOf(query)
  return database
    .prepare(`SELECT ${CALL_ROW_COLUMNS} FROM calls WHERE id > ? AND ${sql} ORDER BY id LIMIT ?`)
    .all(after, ...values, limit)
    .map(callRowOf)
}

/** When the oldest of the newest `calls` began, in milliseconds since the epoch; `undefined` when there are not more than that. */
export function startOfNewest(database: DatabaseSync, calls: number): number | undefined {
  const row = database
    .prepare('SELECT start / 1000000 AS startMs FROM calls ORDER BY start DESC LIMIT 1 OFFSET ?')
    .get(calls) as { readonly startMs: number } | undefined
  return row && row.startMs + 1
}

/** One call by its number. */
export function findCall(database: DatabaseSync, id: number): CallRow | undefined {
  const row = database.prepare(`SELECT ${CALL_ROW_COLUMNS} FROM calls WHERE id = ?`).get(id)
  return row && callRowOf(row)
}

/** A session: what belongs together as a conversation. */
export interface SessionRow {
  readonly session: string
  readonly calls: number
  readonly errors: number
  /** Milliseconds since the epoch. */
  readonly start: number
  /** Milliseconds since the epoch. */
  readonly end: number
}

/** Sessions with calls in a range, the latest first. */
export function listSessions(database: DatabaseSync, range: Range, limit: number): readonly SessionRow[] {
  const [from, to] = nanosOf(range)
  return database
    .prepare(
      `SELECT (SELECT word FROM words WHERE words.id = session) AS session, count(*) AS calls, sum(status IN (1, 2)) AS errors,
       min(start) / 1000000 AS start, max(start + duration) / 1000000 AS end
       FROM calls WHERE session IS NOT NULL AND start >= ? AND start < ? GROUP BY session ORDER BY end DESC LIMIT ?`,
    )
    .all(from, to, limit) as unknown as SessionRow[]
}
