import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { DIMENSIONS, QUARTER } from '../store/dimensions.ts'
import { forEachRow, type TakeRow } from './sum-rows.ts'

/** Rows that are kept in memory: some 25 MB. */
const MOST_KEPT = 1_000_000

/** What is known of a quarter of an hour: the columns of its rows, in the order of `TakeRow`. */
interface Quarter {
  /** Sums of all calls of the quarter: with each call that comes they are others. */
  readonly version: string
  readonly columns: readonly [Float64Array, Float64Array, Float64Array]
}

/**
 * Values, costs and calls of quarters of an hour, kept in memory: of users and sessions there may be a hundred thousand rows in a day, which is asked for again
 * and again, and of which only the newest change.
 */
export class QuarterSums {
  readonly #database: DatabaseSync
  readonly #versions: StatementSync
  readonly #schemaVersion: StatementSync
  readonly #quarters = new Map<string, Quarter>()
  #rows = 0
  #knownSchema: unknown

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#versions = database.prepare(
      `SELECT minute, concat_ws(' ', calls, errors, input, output, cost) AS version FROM rollups
       WHERE width = ${QUARTER} AND dimension = ${DIMENSIONS.all} AND minute >= ? AND minute < ?`,
    )
    this.#schemaVersion = database.prepare('PRAGMA schema_version')
  }

  /** Hands over value, cost and calls of each row of a dimension, for the quarters in these minutes. */
  forEach(dimension: number, from: number, to: number, take: TakeRow): void {
    this.#noticeClear()
    for (const { minute, version } of this.#versions.all(from, to)) {
      const [values, costs, calls] = this.#quarter(dimension, Number(minute), String(version)).columns
      for (let row = 0; row < values.length; row += 1) take(values[row] ?? 0, costs[row] ?? 0, calls[row] ?? 0)
    }
  }

  /** When everything is removed, by whatever process, the file is made anew, and words get other numbers. */
  #noticeClear(): void {
    const version = this.#schemaVersion.get()?.['schema_version']
    if (version !== this.#knownSchema) {
      this.#quarters.clear()
      this.#rows = 0
    }
    this.#knownSchema = version
  }

  #quarter(dimension: number, minute: number, version: string): Quarter {
    const key = `${dimension} ${minute}`
    const known = this.#quarters.get(key)
    if (known?.version === version) return known
    const quarter = { version, columns: this.#read(dimension, minute) }
    this.#forget(key)
    this.#quarters.set(key, quarter)
    this.#rows += quarter.columns[0].length
    for (const oldest of this.#quarters.keys()) {
      if (this.#rows <= MOST_KEPT) break
      this.#forget(oldest)
    }
    return quarter
  }

  #read(dimension: number, minute: number): Quarter['columns'] {
    const [values, costs, calls]: [number[], number[], number[]] = [[], [], []]
    const place = `rollups WHERE width = ${QUARTER} AND dimension = ${dimension} AND minute = ${minute}`
    forEachRow(this.#database, 'value, cost + 0.0, calls', place, (value, cost, count) => {
      values.push(value)
      costs.push(cost)
      calls.push(count)
    })
    return [Float64Array.from(values), Float64Array.from(costs), Float64Array.from(calls)]
  }

  #forget(key: string): void {
    this.#rows -= this.#quarters.get(key)?.columns[0].length ?? 0
    this.#quarters.delete(key)
  }
}
