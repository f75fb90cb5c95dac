import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { RowWriter } from './row-writer.ts'
import { selectSpans } from './runs.ts'

/** Spans from which on a trace has an index of the ids of its spans. Those of shorter ones are looked at one by one, which takes less than to keep an index. */
const LONG_TRACE = 1000

const WANTED = 'span_id IN (SELECT value FROM json_each(?))'

/** Which spans of traces are in the file, so that none is written twice. */
export class KnownSpans {
  readonly #count: StatementSync
  readonly #find: StatementSync
  readonly #isIndexed: StatementSync
  readonly #index: StatementSync
  readonly #findIndexed: StatementSync
  readonly #rows: RowWriter
  /** Traces with an index, of those that were asked about in this transaction. */
  readonly #long = new Set<number>()

  constructor(database: DatabaseSync) {
    this.#count = database.prepare('SELECT sum(count) AS spans FROM runs WHERE trace = ?')
    this.#find = database.prepare(selectSpans('span_id AS spanId', `runs.trace = ? AND ${WANTED}`))
    this.#isIndexed = database.prepare('SELECT 1 FROM span_ids WHERE trace = ? LIMIT 1')
    this.#index = database.prepare(`INSERT INTO span_ids ${selectSpans('spans.trace, span_id', 'runs.trace = ?')}`)
    this.#findIndexed = database.prepare(`SELECT span_id AS spanId FROM span_ids WHERE trace = ? AND ${WANTED}`)
    this.#rows = new RowWriter(database, { table: 'span_ids', columns: ['trace', 'span_id'] })
  }

  /** Which of these spans of a trace were there before this transaction, and perhaps some that have come in it. */
  among(trace: number, spanIds: readonly string[]): readonly string[] {
    const isLong = this.#long.has(trace) || this.#becomesLong(trace)
    const find = isLong ? this.#findIndexed : this.#find
    return find.all(trace, JSON.stringify(spanIds)).map(({ spanId }) => String(spanId))
  }

  /** Tells of a new span of a trace. */
  add(trace: number, spanId: string): void {
    if (this.#long.has(trace)) this.#rows.add([trace, spanId])
  }

  /** Writes what was added, at the end of a transaction. */
  write(): void {
    this.#rows.flush()
    this.#long.clear()
  }

  /** After a transaction that was rolled back. */
  clear(): void {
    this.#rows.clear()
    this.#long.clear()
  }

  #becomesLong(trace: number): boolean {
    if (Number(this.#count.get(trace)?.['spans'] ?? 0) < LONG_TRACE) return false
    if (!this.#isIndexed.get(trace)) this.#index.run(trace)
    this.#long.add(trace)
    return true
  }
}
