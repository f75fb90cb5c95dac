import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SummedFacts } from './call-sums.ts'
import { KnownSpans } from './known-spans.ts'
import { RowNumbers } from './row-numbers.ts'
import { RowWriter } from './row-writer.ts'
import { TraceKeys } from './trace-keys.ts'

const COLUMNS = 'id trace_id service root start finish spans calls errors input output cost unpriced'.split(' ')

/** A span, as the sums of its trace see it. */
interface AddedSpan {
  readonly id: number
  readonly spanId: string
  readonly isRoot: boolean
  readonly service: number
  /** Nanoseconds since the epoch. */
  readonly start: bigint
  readonly end: bigint
  readonly failed: boolean
  /** Of a call. */
  readonly facts: SummedFacts | undefined
}

/** What the spans of a trace in one export add up to. */
interface Sums {
  /** The number of the first span: those of the others follow. */
  readonly first: number
  readonly service: number
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

/** The trace whose spans are being added. */
interface Current {
  readonly traceId: string
  readonly number: number
  readonly isNew: boolean
  /** Ids of its spans, of those that have come now, that are in the file. */
  readonly present: ReadonlySet<string>
  sums: Sums | undefined
}

const NONE: ReadonlySet<string> = new Set()

/** Writes traces: their sums, so that a list of traces needs no spans, and which spans belong to them. */
export class TraceWriter {
  /** Those of an export that are in the file. */
  readonly #ids = new Map<string, number>()
  #current: Current | undefined
  readonly #keys: TraceKeys
  readonly #rows: RowWriter
  readonly #runs: RowWriter
  readonly #known: KnownSpans
  readonly #numbers: RowNumbers
  readonly #update: StatementSync

  constructor(database: DatabaseSync) {
    this.#keys = new TraceKeys(database)
    this.#rows = new RowWriter(database, { table: 'traces', columns: COLUMNS })
    this.#runs = new RowWriter(database, { table: 'runs', columns: ['trace', 'first', 'count'] })
    this.#known = new KnownSpans(database)
    this.#numbers = new RowNumbers(database, 'traces')
    this.#update = database.prepare(
      `UPDATE traces SET root = coalesce(?, root), start = min(start, ?), finish = max(finish, ?), spans = spans + ?, calls = calls + ?,
       errors = errors + ?, input = input + ?, output = output + ?, cost = cost + ?, unpriced = unpriced + ? WHERE id = ?`,
    )
  }

  /** Looks up the traces of an export, by their ids. */
  lookUp(traceIds: readonly string[]): void {
    this.#ids.clear()
    for (const { traceId, id } of this.#keys.find(traceIds)) this.#ids.set(traceId, id)
  }

  /**
   * Begins a trace that was looked up, which `endTrace` ends.
   *
   * @param spanIds those of the spans that have come, asked for where some may be there already.
   * @returns the number of the trace.
   */
  beginTrace(traceId: string, spanIds: () => readonly string[]): number {
    const known = this.#ids.get(traceId)
    const number = known ?? this.#numbers.next()
    const present = known === undefined ? NONE : new Set(this.#known.among(known, spanIds()))
    this.#current = { traceId, number, isNew: known === undefined, present, sums: undefined }
    return number
  }

  /** Whether a span of the trace that was begun is there already, as after a repeated export. */
  has(spanId: string): boolean {
    return this.#current?.present.has(spanId) ?? false
  }

  /** Adds a span to the trace that was begun: their numbers follow each other. */
  add({ id, spanId, isRoot, service, start, end, failed, facts }: AddedSpan): void {
    const current = this.#current
    if (!current) return
    const sums = (current.sums ??= noSums(id, service, start, end))
    this.#known.add(current.number, spanId)
    if (isRoot) sums.root ??= id
    if (start < sums.start) sums.start = start
    if (end > sums.finish) sums.finish = end
    sums.spans += 1
    sums.errors += Number(failed)
    if (!facts) return
    sums.calls += 1
    sums.unpriced += Number(facts.isUnpriced)
    if (facts.isEstimated) return
    sums.input += facts.inputTokens
    sums.output += facts.outputTokens
    sums.cost += facts.picoUsd
  }

  /** Ends the trace that was begun. */
  endTrace(): void {
    const { traceId, number, isNew, sums } = this.#current ?? {}
    this.#current = undefined
    if (!sums || number === undefined || traceId === undefined) return
    const { first, service, root, start, finish, spans, calls, errors, input, output, cost, unpriced } = sums
    this.#runs.add([number, first, spans])
    const added = [start, finish, spans, calls, errors, input, output, cost, unpriced]
    if (!isNew) {
      this.#update.run(root, ...added, number)
      return
    }
    this.#rows.add([number, traceId, service, root, ...added])
    this.#keys.add(traceId, number)
  }

  /** Writes the traces of an export: those of the next are looked for in the file. */
  write(): void {
    this.#rows.flush()
    this.#runs.flush()
    this.#known.write()
    this.#keys.write()
  }

  /** Ends a transaction. */
  end(): void {
    this.#numbers.forget()
  }

  /** Traces that were removed, or added in a transaction that was rolled back, have no number any more. */
  forget(): void {
    this.#ids.clear()
    this.#current = undefined
    this.#numbers.forget()
    this.#rows.clear()
    this.#runs.clear()
    this.#known.clear()
    this.#keys.forget()
  }
}

function noSums(first: number, service: number, start: bigint, finish: bigint): Sums {
  const counts = { spans: 0, calls: 0, errors: 0, input: 0, output: 0, unpriced: 0 }
  return { first, service, root: null, start, finish, cost: 0n, ...counts }
}
