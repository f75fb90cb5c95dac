import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { CallFacts } from '../calls/call-facts.ts'
import type { Span } from '../otlp/telemetry.ts'
import { KnownSpans } from './known-spans.ts'
import { RowNumbers } from './row-numbers.ts'
import { RowWriter } from './row-writer.ts'
import { RunBatch } from './run-batch.ts'
import { TraceKeys } from './trace-keys.ts'

/** Traces whose numbers are remembered. */
const MOST_REMEMBERED = 25_000

const COLUMNS = 'id trace_id root service start finish spans calls errors input output cost unpriced'.split(' ')

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

/** A trace of which nothing is in the file yet. */
interface NewTrace {
  readonly traceId: string
  readonly service: number
}

/** Sums of traces, so that a list of traces needs no spans: gathered over a transaction, then added at once. */
export class TraceBatch {
  readonly #ids = new Map<string, number>()
  readonly #new = new Map<number, NewTrace>()
  /** Of the spans that have come in this transaction, and of those that have come again. */
  readonly #spanIds = new Map<number, Set<string>>()
  readonly #sums = new Map<number, Sums>()
  readonly #keys: TraceKeys
  readonly #rows: RowWriter
  readonly #runs: RunBatch
  readonly #known: KnownSpans
  readonly #numbers: RowNumbers
  readonly #update: StatementSync

  constructor(database: DatabaseSync) {
    this.#keys = new TraceKeys(database)
    this.#rows = new RowWriter(database, { table: 'traces', columns: COLUMNS })
    this.#runs = new RunBatch(database)
    this.#known = new KnownSpans(database)
    this.#numbers = new RowNumbers(database, 'traces')
    this.#update = database.prepare(
      `UPDATE traces SET root = coalesce(?, root), start = min(start, ?), finish = max(finish, ?), spans = spans + ?, calls = calls + ?,
       errors = errors + ?, input = input + ?, output = output + ?, cost = cost + ?, unpriced = unpriced + ? WHERE id = ?`,
    )
  }

  /** Looks up the traces of a batch, by their ids, and which of its spans are there already. */
  lookUp(traces: ReadonlyMap<string, readonly Span[]>): void {
    if (this.#ids.size >= MOST_REMEMBERED) this.#forgetIds()
    const unknown = [...traces.keys()].filter((traceId) => !this.#ids.has(traceId))
    for (const { traceId, id } of this.#keys.find(unknown)) this.#ids.set(traceId, id)
    for (const [traceId, spans] of traces) {
      const trace = this.#ids.get(traceId)
      if (trace !== undefined && !this.#new.has(trace)) this.#lookUpSpans(trace, spans)
    }
  }

  #lookUpSpans(trace: number, spans: readonly Span[]): void {
    const present = this.#spanIds.get(trace) ?? new Set()
    const spanIds = spans.map(({ spanId }) => spanId)
    for (const spanId of this.#known.among(trace, spanIds)) present.add(spanId)
    this.#spanIds.set(trace, present)
  }

  /** The number of a trace that was looked up; it gets one if it has none. */
  idOf(traceId: string, service: number): number {
    const known = this.#ids.get(traceId)
    if (known !== undefined) return known
    const id = this.#numbers.next()
    this.#ids.set(traceId, id)
    this.#new.set(id, { traceId, service })
    this.#spanIds.set(id, new Set())
    return id
  }

  /** Whether a span of a trace that was looked up is not there yet. From then on it is. */
  isNew(trace: number, spanId: string): boolean {
    const spanIds = this.#spanIds.get(trace)
    if (spanIds?.has(spanId)) return false
    spanIds?.add(spanId)
    this.#known.add(trace, spanId)
    return true
  }

  add(trace: number, { id, span, failed, facts }: AddedSpan): void {
    this.#runs.add(trace, id)
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

  /** Adds what was gathered to the file. */
  write(): void {
    for (const [trace, sums] of this.#sums) {
      const { root, start, finish, spans, calls, errors, input, output, cost, unpriced } = sums
      const values = [start, finish, spans, calls, errors, input, output, cost, unpriced]
      const added = this.#new.get(trace)
      if (added) {
        this.#rows.add(trace, added.traceId, root, added.service, ...values)
        this.#keys.add(added.traceId, trace)
      } else this.#update.run(root, ...values, trace)
    }
    this.#rows.flush()
    this.#runs.write()
    this.#known.write()
    this.#keys.write()
    this.#clear()
  }

  /** Traces that were removed, or added in a transaction that was rolled back, have no number any more. */
  forget(): void {
    this.#ids.clear()
    this.#rows.clear()
    this.#runs.clear()
    this.#known.clear()
    this.#keys.forget()
    this.#clear()
  }

  #clear(): void {
    this.#numbers.forget()
    for (const gathered of [this.#new, this.#spanIds, this.#sums]) gathered.clear()
  }

  /** Those that are not in the file yet cannot be looked up there. */
  #forgetIds(): void {
    this.#ids.clear()
    for (const [id, { traceId }] of this.#new) this.#ids.set(traceId, id)
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
