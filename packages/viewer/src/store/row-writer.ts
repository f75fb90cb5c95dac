import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** What is written, and where. */
export interface RowWriterOptions {
  readonly table: string
  readonly columns: readonly string[]
  /** Of these, those that are texts and are given as their bytes, in UTF-8. */
  readonly bytes?: readonly string[]
  /** What follows `ON CONFLICT`. Default: a row that is there already is an error. */
  readonly onConflict?: string
}

/**
 * The statement that writes so many rows. Where it fails, those that it has written stay: the transaction is rolled back all the same, and SQLite need not
 * keep what was there before each statement.
 */
function insertSql({ table, columns, bytes = [], onConflict }: RowWriterOptions, rows: number): string {
  const row = `(${columns.map((name) => (bytes.includes(name) ? 'CAST(? AS TEXT)' : '?')).join(', ')})`
  return `INSERT OR FAIL INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}
    ${onConflict === undefined ? '' : `ON CONFLICT ${onConflict}`}`
}

/** Rows of one statement. More gain nothing more. */
const MANY = 64

/** Writes rows into a table, many to a statement: each statement takes time of its own, which for narrow rows is half of all. */
export class RowWriter {
  readonly #one: StatementSync
  readonly #many: StatementSync
  readonly #columns: number
  /** Of as many rows as a statement has: it is filled again and again. */
  readonly #values: SQLInputValue[]
  #filled = 0

  constructor(database: DatabaseSync, options: RowWriterOptions) {
    this.#one = database.prepare(insertSql(options, 1))
    this.#many = database.prepare(insertSql(options, MANY))
    this.#columns = options.columns.length
    this.#values = Array.from({ length: MANY * this.#columns }, () => null)
  }

  /** Adds a row, which is written with others, at the latest by `flush`. */
  add(row: readonly SQLInputValue[]): void {
    for (const value of row) this.#values[this.#filled++] = value
    if (this.#filled < this.#values.length) return
    this.#many.run(...this.#values)
    this.#filled = 0
  }

  /** Writes what was added. */
  flush(): void {
    for (let at = 0; at < this.#filled; at += this.#columns) {
      this.#one.run(...this.#values.slice(at, at + this.#columns))
    }
    this.#filled = 0
  }

  /** Forgets what was added and is not written. */
  clear(): void {
    this.#filled = 0
  }
}
