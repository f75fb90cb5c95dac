import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { DIMENSIONS, QUARTER } from './dimensions.ts'

interface Columns {
  readonly words: readonly string[]
  readonly resource?: string
}

/** The columns that hold numbers of words and of resources, of tables whose rows are added at their ends and never get other words. */
const COLUMNS = {
  traces: { words: ['service'] },
  spans: { words: ['name', 'service'] },
  bodies: { words: ['scope'], resource: 'resource' },
  calls: {
    words: [
      'service',
      'operation',
      'provider',
      'model',
      'response_model',
      'error_type',
      'unpriced',
      'finish_reason',
      'feature',
      'tenant',
      'user',
      'session',
      'prompt',
    ],
  },
  logs: { words: ['service', 'event'], resource: 'resource' },
  series: { words: ['metric', 'unit', 'service'], resource: 'resource' },
} as const satisfies Readonly<Record<string, Columns>>

/** Numbers up to a last one, of which some are marked: a bit for each. */
export class Marks {
  /** Numbers beyond were given later: they are not told apart. */
  readonly last: number
  readonly #bits: Uint8Array

  constructor(last: number) {
    this.last = last
    this.#bits = new Uint8Array(Math.floor(last / 8) + 1)
  }

  add(number: number | null): void {
    if (number === null || number > this.last) return
    const place = Math.floor(number / 8)
    this.#bits[place] = (this.#bits[place] ?? 0) | (1 << (number & 7))
  }

  has(number: number): boolean {
    return ((this.#bits[Math.floor(number / 8)] ?? 0) & (1 << (number & 7))) !== 0
  }
}

/** What is marked by looking at rows. */
export interface Marked {
  readonly words: Marks
  readonly resources: Marks
}

/** Looks at rows for what they refer to, some at a time, each once. */
interface Scan {
  /** Looks at the next rows. Says whether these were the last. */
  next(): boolean
}

/**
 * Looks through a file for the words and resources that it refers to, while others write to it.
 *
 * Rows that are added meanwhile stand at the ends of their tables, where they are found. Sums may change everywhere, but by calls that are added in the same
 * transaction and have the same words: sums are looked at behind calls, and before calls are removed, those that have come are looked at.
 */
export class References {
  readonly #tables: readonly TableScan[]
  readonly #calls: TableScan
  readonly #sums: SumScan
  readonly #scans: readonly Scan[]

  /** @param rows looked at in one step. */
  constructor(database: DatabaseSync, marked: Marked, rows: number) {
    // By functions that SQLite calls for each row: a quarter of the time of fetching them.
    database.function('refer', { varargs: true }, (resource, ...words) => {
      marked.resources.add(resource as number | null)
      for (const word of words) marked.words.add(word as number | null)
      return 1
    })
    const scanOf = (table: string, columns: Columns): TableScan => new TableScan(database, table, columns, rows)
    this.#calls = scanOf('calls', COLUMNS.calls)
    this.#tables = Object.entries(COLUMNS).map(([table, columns]) =>
      table === 'calls' ? this.#calls : scanOf(table, columns),
    )
    this.#sums = new SumScan(database, marked.words, rows)
    this.#scans = [...this.#tables, scanOf('sessions', { words: ['id'] }), this.#sums]
  }

  /** Looks at some rows, if there are any that have not been looked at. Says whether there are no more. */
  seesAll(): boolean {
    return this.#scans.every((scan) => scan.next())
  }

  /** Runs what removes rows: what it leaves is seen all the same. */
  whileRemoving(run: () => void): void {
    if (this.#sums.hasBegun) while (!this.#calls.next());
    run()
    for (const table of this.#tables) table.noticeRemoval()
  }
}

/** Goes through a table by its ids. */
class TableScan implements Scan {
  readonly #next: StatementSync
  readonly #last: StatementSync
  readonly #rows: number
  #position = 0

  constructor(database: DatabaseSync, table: string, { words, resource }: Columns, rows: number) {
    this.#rows = rows
    const columns = resource === undefined ? words : [...words, resource]
    this.#next = database.prepare(
      `SELECT count(refer(${[resource ?? 'NULL', ...words].join(', ')})) AS rows, max(position) AS position FROM
       (SELECT id AS position, ${columns.join(', ')} FROM ${table} WHERE id > ? ORDER BY id LIMIT ${rows})`,
    )
    this.#last = database.prepare(`SELECT coalesce(max(id), 0) AS last FROM ${table}`)
  }

  next(): boolean {
    const { rows, position } = this.#next.get(this.#position) as { rows: number; position: number | null }
    this.#position = position ?? this.#position
    return rows < this.#rows
  }

  /** Where the last rows were removed, those that come next get their ids. */
  noticeRemoval(): void {
    const { last } = this.#last.get() as { last: number }
    this.#position = Math.min(this.#position, last)
  }
}

/**
 * Goes through the sums of quarters of an hour. Those of minutes, and sketches, have the same words: they are written together, and no quarter is removed before its
 * minutes.
 */
class SumScan implements Scan {
  readonly #next: StatementSync
  readonly #rows: number
  #position: readonly [dimension: number, minute: number, value: number] = [DIMENSIONS.all + 1, 0, 0]
  hasBegun = false

  constructor(database: DatabaseSync, words: Marks, rows: number) {
    this.#rows = rows
    database.function('refer_sum', (dimension, minute, value) => {
      words.add(value as number)
      this.#position = [dimension as number, minute as number, value as number]
      return 1
    })
    this.#next = database.prepare(
      `SELECT count(refer_sum(dimension, minute, value)) AS rows FROM
       (SELECT dimension, minute, value FROM rollups WHERE width = ${QUARTER} AND (dimension, minute, value) > (?, ?, ?)
        ORDER BY dimension, minute, value LIMIT ${rows})`,
    )
  }

  next(): boolean {
    this.hasBegun = true
    return (this.#next.get(...this.#position) as { rows: number }).rows < this.#rows
  }
}
