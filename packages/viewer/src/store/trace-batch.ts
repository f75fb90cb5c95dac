import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { CallFacts } from '../calls/call-facts.ts'
import type { Span } from '../otlp/telemetry.ts'

/** Traces whose numbers are remembered. */
const MOST_REMEMBERED = 50_000

/** A span, as the sums of its trace see it. */
interface AddedSpan {
  readonly id: number
  readonly span: Span
  readonly failed: boolean
  readonly facts: CallFacts | undefined
}

interface Sums {
  root: number | null
  start: bigint
  finish: bigint
  spans: number
  calls: number
  errors: number
  input: number
  output: number
  cost: bigint
  unpriced: number
}

/** Sums of traces, so that a list of traces needs no spans: gathered over a batch, then added at once. */
export class TraceBatch {
  readonly #ids = new Map<string, number>()
  readonly #sums = new Map<number, Sums>()
  readonly #add: StatementSync
  readonly #find: StatementSync
  readonly #update: StatementSync

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      `INSERT INTO traces (trace_id, root, service, start, finish, spans, calls, errors, input, output, cost, unpriced)
       VALUES (?, NULL, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING`,
    )
    this.#find = database.prepare('SELECT id FROM traces WHERE trace_id = ?')
    this.#update = database.prepare(
      `UPDATE traces SET root = coalesce(?, root), start = min(start, ?), finish = max(finish, ?), spans = spans + ?, calls = calls + ?,
       errors = errors + ?, input = input + ?, output = output + ?, cost = cost + ?, unpriced = unpriced + ? WHERE id = ?`,
    )
  }

  /** The number of a trace, which it gets if it has none. */
  idOf(traceId: string, start: bigint, service: number): number {
    const known = this.#ids.get(traceId)
    if (known !== undefined) return known
    const { changes, lastInsertRowid } = this.#add.run(traceId, service, start, start)
    const id = changes === 0 ? (this.#find.get(traceId) as { id: number }).id : Number(lastInsertRowid)
    if (this.#ids.size >= MOST_REMEMBERED) this.#ids.clear()
    this.#ids.set(traceId, id)
    return id
  }

  add(trace: number, { id, span, failed, facts }: AddedSpan): void {
    const sums = this.#sumsOf(trace, span)
    if (span.parentSpanId === '') sums.root ??= id
    if (span.start < sums.start) sums.start = span.start
    if (span.end > sums.finish) sums.finish = span.end
    sums.spans += 1
    sums.errors += Number(failed)
    if (!facts) return
    sums.calls += 1
    sums.unpriced += facts.unpriced === undefined ? 0 : 1
    if (facts.estimated) return
    sums.input += facts.inputTokens ?? 0
    sums.output += facts.outputTokens ?? 0
    sums.cost += facts.picoUsd ?? 0n
  }

  write(): void {
    for (const [trace, sums] of this.#sums) {
      const { root, start, finish, spans, calls, errors, input, output, cost, unpriced } = sums
      this.#update.run(root, start, finish, spans, calls, errors, input, output, cost, unpriced, trace)
    }
    this.#sums.clear()
  }

  /** Traces that were removed, or added in a transaction that was rolled back, have no number any more. */
  forget(): void {
    this.#ids.clear()
    this.#sums.clear()
  }

  #sumsOf(trace: number, { start, end }: Span): Sums {
    const known = this.#sums.get(trace)
    if (known) return known
    const counts = { spans: 0, calls: 0, errors: 0, input: 0, output: 0, unpriced: 0 }
    const sums = { root: null, start, finish: end, cost: 0n, ...counts }
    this.#sums.set(trace, sums)
    return sums
  }
}
