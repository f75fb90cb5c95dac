import type { DatabaseSync } from 'node:sqlite'
import { CALL_ROW_COLUMNS, type CallRow, callRowOf } from './call-rows.ts'
import { type CallQuery, type Stretch, stretchBefore, type Where, whereFew, whereOf } from './call-scan.ts'
import { type Cursor, cursorOf } from './cursor.ts'
import { nanosOf, type Range } from './range.ts'

/** A page of a list, newest first. */
export interface CallPage {
  readonly calls: readonly CallRow[]
  /** Where the next page begins; absent at the end. */
  readonly next?: string
  /** Milliseconds since the epoch: calls before that have not been looked at, although the page is not full. */
  readonly lookedBackTo?: number
}

/** The most calls of one page. */
export const MOST_CALLS_A_PAGE = 1000

/** Milliseconds after which a page is given as it is, and the next one goes on. */
const LOOKS_FOR_MS = 30
/** Calls that are looked at together: few at first, because most filters let many through. */
const FIRST_STRETCH = 1000
/** A stretch that took less is followed by one that is twice as long. */
const SHORT_MS = 5

/**
 * Calls, newest first. A filter that lets little through is not looked for among all of them at once: a page may have few calls, or none, and say where to go on.
 *
 * @param before where to go on: `next` of the page before.
 * @param looksForMs how long calls are looked for.
 * @throws FilterError when the filter cannot be understood.
 */
export function listCalls(
  database: DatabaseSync,
  query: CallQuery,
  limit: number,
  before?: string,
  looksForMs: number = LOOKS_FOR_MS,
): CallPage {
  const most = Math.max(1, Math.min(limit, MOST_CALLS_A_PAGE))
  const from = cursorOf(before) ?? [LAST_NANOSECOND, 1n]
  const few = whereFew(database, query)
  if (few) return pageOf(select(database, few, from, most + 1), most)
  const [oldest, end] = query.range ? nanosOf(query.range) : [0n, LAST_NANOSECOND]
  const deadline = performance.now() + looksForMs
  const rows: Row[] = []
  const latest = from[1] > 0n ? from[0] : from[0] - 1n
  let last = latest < end ? latest : end
  for (let calls = FIRST_STRETCH; last >= oldest;) {
    const began = performance.now()
    const stretch = stretchBefore(database, last, calls)
    if (!stretch) break
    rows.push(...select(database, whereIn(query, stretch), from, most + 1 - rows.length))
    if (rows.length > most || stretch.isEnd) break
    last = stretch.first - 1n
    const now = performance.now()
    if (now >= deadline && last >= oldest) return { ...pageOf(rows, most), ...lookedBackTo(stretch.first) }
    if (now - began < SHORT_MS) calls *= 2
  }
  return pageOf(rows, most)
}

type Row = Readonly<Record<string, unknown>>

function whereIn(query: CallQuery, { first, last, ids }: Stretch): Where {
  const { sql, values } = whereOf(query, ids)
  return { sql: `start BETWEEN ? AND ? AND ${sql}`, values: [first, last, ...values] }
}

/** The order is found out by itself: with all columns, of which many are looked up elsewhere, it would take ten times as long. */
function select(database: DatabaseSync, { sql, values }: Where, before: Cursor, limit: number): readonly Row[] {
  const order = 'ORDER BY start DESC, id DESC'
  return database
    .prepare(
      `SELECT ${CALL_ROW_COLUMNS}, CAST(start AS TEXT) AS startNanos FROM calls WHERE id IN
       (SELECT id FROM calls WHERE ${sql} AND (start, id) < (?, ?) ${order} LIMIT ?) ${order}`,
    )
    .all(...values, ...before, limit)
}

function pageOf(rows: readonly Row[], most: number): CallPage {
  const last = rows.length > most ? rows[most - 1] : undefined
  return {
    calls: rows.slice(0, most).map(callRowOf),
    ...(last && { next: `${String(last['startNanos'])}.${String(last['id'])}` }),
  }
}

function lookedBackTo(first: bigint): Required<Pick<CallPage, 'next' | 'lookedBackTo'>> {
  return { next: `${first}.0`, lookedBackTo: Number(first / 1000n) / 1000 }
}

/** Where a list begins: nothing is later. */
const LAST_NANOSECOND = 9_223_372_036_854_775_807n

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
  const { sql, values } = whereOf(query, { low: after + 1, high: Number.MAX_SAFE_INTEGER })
  return database
    .prepare(`SELECT ${CALL_ROW_COLUMNS} FROM calls WHERE id > ? AND ${sql} ORDER BY id LIMIT ?`)
    .all(after, ...values, limit)
    .map(callRowOf)
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

/** Sessions that were going on in a range, the latest first, each as a whole. */
export function listSessions(database: DatabaseSync, range: Range, limit: number): readonly SessionRow[] {
  const [from, to] = nanosOf(range)
  return database
    .prepare(
      `SELECT (SELECT word FROM words WHERE words.id = sessions.id) AS session, calls, errors, start / 1000000 AS start, finish / 1000000 AS end
       FROM sessions WHERE finish >= ? AND start < ? ORDER BY finish DESC LIMIT ?`,
    )
    .all(from, to, limit) as unknown as SessionRow[]
}
