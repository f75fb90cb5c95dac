import type { DatabaseSync } from 'node:sqlite'
import { RowWriter } from './row-writer.ts'

/** Spans of a trace whose numbers follow each other, as most do: a row for a run is less to write than an index of all spans. */
interface Run {
  readonly first: number
  count: number
}

/**
 * A query of the spans of traces, run by run.
 *
 * @param columns what is asked of `spans`.
 * @param of which runs: a condition on `runs`.
 */
export function selectSpans(columns: string, of: string): string {
  return `SELECT ${columns} FROM runs CROSS JOIN spans ON spans.id BETWEEN first AND first + count - 1 WHERE ${of}`
}

/** The same of their numbers. */
export function spanNumbers(of: string): string {
  return selectSpans('spans.id', of)
}

/** Which spans belong to a trace, gathered and then written at once. */
export class RunBatch {
  readonly #last = new Map<number, Run>()
  readonly #rows: RowWriter

  constructor(database: DatabaseSync) {
    this.#rows = new RowWriter(database, { table: 'runs', columns: ['trace', 'first', 'count'] })
  }

  /** Adds a span, whose number is greater than those of all before. */
  add(trace: number, span: number): void {
    const run = this.#last.get(trace)
    if (run && run.first + run.count === span) {
      run.count += 1
      return
    }
    if (run) this.#rows.add(trace, run.first, run.count)
    this.#last.set(trace, { first: span, count: 1 })
  }

  /** Adds what was gathered to the file. */
  write(): void {
    for (const [trace, { first, count }] of this.#last) this.#rows.add(trace, first, count)
    this.#last.clear()
    this.#rows.flush()
  }

  /** Forgets what was gathered. */
  clear(): void {
    this.#last.clear()
    this.#rows.clear()
  }
}
