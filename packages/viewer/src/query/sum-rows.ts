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
}

/** Where the rows stand that make up a range: quarters of an hour in the middle, if there are any and steps do not cut them, and minutes at both ends. */
export function placesOf(database: DatabaseSync, range: Range, step: number = QUARTER): readonly Place[] {
  const from = Math.max(Math.floor(range.from / MINUTE_MS), firstMinute(database))
  const to = Math.ceil(range.to / MINUTE_MS)
  const [first, last] = [Math.ceil(from / QUARTER) * QUARTER, Math.floor(to / QUARTER) * QUARTER]
  if (step % QUARTER !== 0 || first >= last) return [{ width: 1, from, to }]
  return [
    { width: 1, from, to: first },
    { width: QUARTER, from: first, to: last },
    { width: 1, from: last, to },
  ]
}

/** The wanted rows that make up a range, as a table in brackets. */
export function rowsOf(database: DatabaseSync, wanted: SumRows, range: Range, step?: number): string {
  const places = placesOf(database, range, step)
  return `(${places.map((place) => `SELECT * FROM ${rowsAt(wanted, place)}`).join(' UNION ALL ')})`
}

/** The wanted rows of a place, as what follows `FROM`. */
export function rowsAt({ table, dimension, measure, values }: SumRows, { width, from, to }: Place): string {
  const minutes = `minute >= ${from} AND minute < ${to}`
  const key = `width = ${width} AND dimension = ${dimension}${measure === undefined ? '' : ` AND measure = ${measure}`}`
  if (!values) return `${table} WHERE ${key} AND ${minutes}`
  // The sums of all calls say which minutes there are.
  const all = `SELECT minute FROM rollups WHERE width = ${width} AND dimension = ${DIMENSIONS.all} AND ${minutes}`
  return `${table} WHERE ${key} AND minute IN (${all}) AND value IN (${values.join(', ')})`
}

/** Minutes are removed one by one, quarters as a whole: the first may hold more than is there. */
function firstMinute(database: DatabaseSync): number {
  const row = database.prepare('SELECT min(minute) AS first FROM rollups WHERE width = 1 AND dimension = 0').get()
  return Number(row?.['first'] ?? 0)
}
