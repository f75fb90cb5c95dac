import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { DIMENSIONS, QUARTER } from '../store/dimensions.ts'
import { readCounts } from '../store/sketch.ts'
import type { Range } from './range.ts'
import { placesOf, rowsAt, type SumRows } from './sum-rows.ts'

/** Rows that are kept in memory: 16 MB. */
const MOST_KEPT = 1_000_000

/** What is kept of rows: three columns. */
const COLUMNS = { rollups: 'value, cost + 0.0, calls', sketches: 'minute, counts, value' } as const

/** Takes a row: value, cost and calls of sums; minute, bucket and count of sketches, and of which value that is where values are wanted. */
export type TakeRow = (first: number, second: number, third: number, value?: number) => void

/** Numbers of words, minutes and counts are whole and not large; costs are neither, and buckets may be below zero. */
type Columns = readonly [Uint32Array, Float64Array, Uint32Array]

/** Rows of a quarter of an hour. */
interface Block {
  /** Sums of all calls of the quarter: with each call that comes they are others. */
  readonly version: string
  readonly columns: Columns
}

/**
 * Sums and sketches, kept in memory by the quarter of an hour: of users and sessions there are a hundred thousand rows in a busy day, which is asked for again and
 * again, and of which only the newest change.
 */
export class SumBlocks {
  readonly #database: DatabaseSync
  readonly #versions: StatementSync
  readonly #schemaVersion: StatementSync
  readonly #wordsRemoved: StatementSync
  readonly #blocks = new Map<string, Block>()
  #rows = 0
  #knownWords = ''

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#versions = database.prepare(
      `SELECT minute, concat_ws(' ', calls, errors, input, output, cost) AS version FROM rollups
       WHERE width = ${QUARTER} AND dimension = ${DIMENSIONS.all} AND minute >= ? AND minute < ?`,
    )
    this.#schemaVersion = database.prepare('PRAGMA schema_version')
    this.#wordsRemoved = database.prepare("SELECT count FROM counters WHERE name = 'words removed'")
  }

  /** Hands over the wanted rows of a range. Those of some values only are not kept: they are few. */
  forEach(wanted: SumRows, range: Range, take: TakeRow, step?: number): void {
    this.#noticeRemovedWords()
    for (const { width, from, to } of placesOf(this.#database, range, step)) {
      if (wanted.values) {
        this.#read(wanted, width, from, to, take)
        continue
      }
      const [first, last] = [Math.ceil(from / QUARTER) * QUARTER, Math.floor(to / QUARTER) * QUARTER]
      this.#read(wanted, width, from, Math.min(first, to), take)
      for (const { minute, version } of this.#versions.all(first, last)) {
        const [a, b, c] = this.#block(wanted, width, Number(minute), String(version)).columns
        for (let row = 0; row < a.length; row += 1) take(a[row] ?? 0, b[row] ?? 0, c[row] ?? 0)
      }
      this.#read(wanted, width, Math.max(last, first), to, take)
    }
  }

  /** Words may be removed, by whatever process. When everything is removed, the file is made anew, and words get other numbers. */
  #noticeRemovedWords(): void {
    const version = this.#schemaVersion.get()?.['schema_version']
    const words = `${String(version)} ${String(this.#wordsRemoved.get()?.['count'])}`
    if (words !== this.#knownWords) {
      this.#blocks.clear()
      this.#rows = 0
    }
    this.#knownWords = words
  }

  #block(wanted: SumRows, width: number, minute: number, version: string): Block {
    const { table, dimension, measure } = wanted
    const key = [table, width, dimension, measure, minute].join(' ')
    const known = this.#blocks.get(key)
    if (known?.version === version) return known
    const columns: [number[], number[], number[]] = [[], [], []]
    const [a, b, c] = columns
    this.#read(wanted, width, minute, minute + QUARTER, (first, second, third) => {
      a.push(first)
      b.push(second)
      c.push(third)
    })
    const block: Block = { version, columns: [Uint32Array.from(a), Float64Array.from(b), Uint32Array.from(c)] }
    this.#keep(key, block)
    return block
  }

  #keep(key: string, block: Block): void {
    this.#forget(key)
    this.#blocks.set(key, block)
    this.#rows += block.columns[0].length
    for (const oldest of this.#blocks.keys()) {
      if (this.#rows <= MOST_KEPT) break
      this.#forget(oldest)
    }
  }

  #forget(key: string): void {
    this.#rows -= this.#blocks.get(key)?.columns[0].length ?? 0
    this.#blocks.delete(key)
  }

  /** By a function that SQLite calls for each row: a third of the time of fetching them, or of sorting them there. */
  #read(wanted: SumRows, width: number, from: number, to: number, take: TakeRow): void {
    if (from >= to) return
    this.#database.function('take', (first, second, third) => {
      if (second instanceof Uint8Array) {
        readCounts(second, (bucket, count) => take(first as number, bucket, count, third as number))
      } else take(first as number, second as number, third as number)
      return null
    })
    this.#database
      .prepare(`SELECT count(take(${COLUMNS[wanted.table]})) FROM ${rowsAt(wanted, { width, from, to })}`)
      .get()
  }
}
