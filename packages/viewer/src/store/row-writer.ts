import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** What is written, and where. */
export interface RowWriterOptions {
  readonly table: string
  readonly columns: readonly string[]
  /** What follows `ON CONFLICT`. Default: a row that is there already is an error. */
  readonly onConflict?: string
}

/** The statement that writes so many rows. */
export function insertSql({ table, columns, onConflict }: RowWriterOptions, rows: number = 1): string {
  const row = `(${columns.map(() => '?').join(', ')})`
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}
    ${onConflict === undefined ? '' : `ON CONFLICT ${onConflict}`}`
}

/** Rows of one statement. More gain nothing more. */
const MANY = 64

/** Writes rows into a table, many to a statement: each statement takes time of its own, which for narrow rows is half of all. */
export class RowWriter {
  readonly #one: StatementSync
  readonly #many: StatementSync
  readonly #columns: number
  #values: SQLInputValue[] = []

  constructor(database: DatabaseSync, options: RowWriterOptions) {
    this.#one = database.prepare(insertSql(options))
    this.#many = database.prepare(insertSql(options, MANY))
    this.#columns = options.columns.length
  }

  /** Adds a row, which is written with others, at the latest by `flush`. */
  add(...row: readonly SQLInputValue[]): void {
    this.#values.push(...row)
    if (this.#values.length < MANY * this.#columns) return
    this.#many.run(...this.#values)
    this.#values = []
  }

  /** Writes what was added. */
  flush(): void {
    for (let at = 0; at < this.#values.length; at += this.#columns) {
      this.#one.run(...this.#values.slice(at, at + this.#columns))
    }
    this.#values = []
  }

  /** Forgets what was added and is not written. */
  clear(): void {
    this.#values = []
  }
}
