import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Numbers for the new rows of a table, so that they are known before the rows are written. */
export class RowNumbers {
  readonly #findLast: StatementSync
  #last: number | undefined

  constructor(database: DatabaseSync, table: string) {
    this.#findLast = database.prepare(`SELECT coalesce(max(id), 0) AS last FROM ${table}`)
  }

  /** The number of the next row. */
  next(): number {
    this.#last ??= Number(this.#findLast.get()?.['last'])
    return (this.#last += 1)
  }

  /** To be called at the end of each transaction: another process may add rows before the next. */
  forget(): void {
    this.#last = undefined
  }
}
