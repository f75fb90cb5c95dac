import type { DatabaseSync } from 'node:sqlite'
import { DIMENSIONS, QUARTER } from '../store/dimensions.ts'
import type { Range } from './range.ts'

/** Milliseconds of a minute. */
export const MINUTE_MS = 60_000

/** Which rows of sums are wanted. */
export interface SumRows {
  readonly table: 'rollups' | 'sketches'
  readonly dimension: number
  readonly measure?: number
  /** Numbers of the words that are wanted; each is looked up in each minute. Default: all, which are read in a row. */
  readonly values?: readonly number[]
}

/** Where rows stand. */
interface Place {
  /** Minutes that each row adds up. */
  readonly width: number
  /** Minutes since the epoch, the last not included. */
  readonly from: number
  readonly to: number
  /** What follows `FROM`. */
  readonly sql: string
}

/** Where the rows stand that make up a range: quarters of an hour in the middle, if there are any and steps do not cut them, and minutes at both ends. */
export function placesOf(
  database: DatabaseSync,
  wanted: SumRows,
  range: Range,
  step: number = QUARTER,
): readonly Place[] {
  const place = (width: number, from: number, to: number): Place => ({
    width,
    from,
    to,
    sql: fromSql(wanted, width, from, to),
  })
  const from = Math.max(Math.floor(range.from / MINUTE_MS), firstMinute(database))
  const to = Math.ceil(range.to / MINUTE_MS)
  const [first, last] = [Math.ceil(from / QUARTER) * QUARTER, Math.floor(to / QUARTER) * QUARTER]
  if (step % QUARTER !== 0 || first >= last) return [place(1, from, to)]
  return [place(1, from, first), place(QUARTER, first, last), place(1, last, to)]
}

function fromSql({ table, dimension, measure, values }: SumRows, width: number, from: number, to: number): string {
  const minutes = `minute >= ${from} AND minute < ${to}`
  const key = `width = ${width} AND dimension = ${dimension}${measure === undefined ? '' : ` AND measure = ${measure}`}`
  if (!values) return `${table} WHERE ${key} AND ${minutes}`
  // The sums of all calls say which minutes there are.
  const all = `SELECT minute FROM rollups WHERE width = ${width} AND dimension = ${DIMENSIONS.all} AND ${minutes}`
  return `${table} WHERE ${key} AND minute IN (${all}) AND value IN (${values.join(', ')})`
}

/** The wanted rows that make up a range, as a table in brackets. */
export function rowsOf(database: DatabaseSync, wanted: SumRows, range: Range, step: number = QUARTER): string {
  const places = placesOf(database, wanted, range, step)
  return `(${places.map(({ sql }) => `SELECT * FROM ${sql}`).join(' UNION ALL ')})`
}

/** Minutes are removed one by one, quarters as a whole: the first may hold more than is there. */
function firstMinute(database: DatabaseSync): number {
  const row = database.prepare('SELECT min(minute) AS first FROM rollups WHERE width = 1 AND dimension = 0').get()
  return Number(row?.['first'] ?? 0)
}

/** Takes three columns of a row. */
export type TakeRow = (first: number, second: number, third: number) => void

/**
 * Hands over three columns of each row of a place. Of a hundred thousand rows this takes a third of the time of fetching them, or of sorting them in SQLite.
 *
 * @param columns no numbers that a double cannot hold.
 */
export function forEachRow(database: DatabaseSync, columns: string, place: string, take: TakeRow): void {
  database.function('take', (first, second, third) => {
    take(first as number, second as number, third as number)
    return null
  })
  database.prepare(`SELECT count(take(${columns})) FROM ${place}`).get()
}
