import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SummedFacts } from './call-sums.ts'
import { ROLE_CODES, STATUS_CODES } from './dimensions.ts'
import { type PackedSpans, SLOT } from './packed-spans.ts'
import type { Resources } from './resources.ts'
import { RollupBatch } from './rollup-batch.ts'
import { RowNumbers } from './row-numbers.ts'
import { RowWriter } from './row-writer.ts'
import { SessionBatch } from './session-batch.ts'
import { type Slot, SpanCursor } from './span-cursor.ts'
import { SpanGroups } from './span-groups.ts'
import { TraceWriter } from './trace-writer.ts'
import type { Words } from './words.ts'

const NANOS_PER_SECOND = 1e9

const SPAN_COLUMNS = 'id trace span_id parent_id name service kind role start duration failed'.split(' ')

/** Columns of a call that are words, or numbers as they are, and where they come from. */
const CALL_FACTS: readonly (readonly [column: string, slot: Slot, kind: 'word' | 'number'])[] = [
  ['service', SLOT.service, 'word'],
  ['operation', SLOT.operation, 'word'],
  ['provider', SLOT.provider, 'word'],
  ['model', SLOT.model, 'word'],
  ['response_model', SLOT.responseModel, 'word'],
  ['status', SLOT.status, 'number'],
  ['error_type', SLOT.errorType, 'word'],
  ['input', SLOT.input, 'number'],
  ['cached', SLOT.cached, 'number'],
  ['cache_write', SLOT.cacheWrite, 'number'],
  ['output', SLOT.output, 'number'],
  ['reasoning', SLOT.reasoning, 'number'],
  ['unpriced', SLOT.unpriced, 'word'],
  ['estimated', SLOT.estimated, 'number'],
  ['attempts', SLOT.attempts, 'number'],
  ['rate_limit_hits', SLOT.rateLimitHits, 'number'],
  ['chunks', SLOT.chunks, 'number'],
  ['finish_reason', SLOT.finishReason, 'word'],
  ['feature', SLOT.feature, 'word'],
  ['tenant', SLOT.tenant, 'word'],
  ['user', SLOT.user, 'word'],
  ['session', SLOT.session, 'word'],
  ['prompt', SLOT.prompt, 'word'],
]

/** The others. */
const CALL_COLUMNS = 'id trace start duration first_chunk cost'.split(' ')

/** What a batch has brought. */
export interface Written {
  readonly spans: number
  readonly calls: number
}

/** Writes spans, and what can be known of them without looking at them again: calls, sums of traces and of minutes. */
export class SpanWriter {
  readonly #words: Words
  readonly #resources: Resources
  readonly #traces: TraceWriter
  readonly #rollups: RollupBatch
  readonly #sessions: SessionBatch
  readonly #spans: RowWriter
  readonly #bodies: RowWriter
  readonly #calls: RowWriter
  readonly #numbers: RowNumbers
  readonly #addContent: StatementSync

  constructor(database: DatabaseSync, words: Words, resources: Resources) {
    this.#words = words
    this.#resources = resources
    this.#traces = new TraceWriter(database)
    this.#rollups = new RollupBatch(database)
    this.#sessions = new SessionBatch(database)
    this.#spans = new RowWriter(database, { table: 'spans', columns: SPAN_COLUMNS })
    const bodyColumns = ['id', 'resource', 'scope', 'body']
    this.#bodies = new RowWriter(database, { table: 'bodies', columns: bodyColumns, bytes: ['body'] })
    const callColumns = [...CALL_COLUMNS, ...CALL_FACTS.map(([column]) => column)]
    this.#calls = new RowWriter(database, { table: 'calls', columns: callColumns })
    this.#numbers = new RowNumbers(database, 'spans')
    this.#addContent = database.prepare('INSERT INTO content (rowid, text) VALUES (?, CAST(? AS TEXT))')
  }

  /** Writes an export, inside a transaction of the caller's, who ends it by `end`. A span that is there already, as after a repeated export, is passed over. */
  write(packed: PackedSpans): Written {
    const span = new SpanCursor(packed, this.#words, this.#resources)
    const groups = new SpanGroups(packed)
    this.#traces.lookUp(packed.traceIds)
    let spans = 0
    let calls = 0
    // Trace by trace, so that their numbers follow each other.
    for (const [index, traceId] of packed.traceIds.entries()) {
      const written = this.#writeTrace(span, traceId, groups.of(index))
      spans += written.spans
      calls += written.calls
    }
    for (const rows of [this.#spans, this.#bodies, this.#calls]) rows.flush()
    this.#traces.write()
    return { spans, calls }
  }

  /** Ends a transaction: the sums of all its exports are about the same minutes, models and sessions. */
  end(): void {
    this.#numbers.forget()
    this.#traces.end()
    this.#rollups.write()
    this.#sessions.write()
  }

  /** After a transaction that was rolled back. */
  forget(): void {
    for (const rows of [this.#spans, this.#bodies, this.#calls]) rows.clear()
    this.#numbers.forget()
    this.#traces.forget()
    this.#rollups.clear()
    this.#sessions.clear()
  }

  #writeTrace(span: SpanCursor, traceId: string, places: Uint32Array): Written {
    let spans = 0
    let calls = 0
    const trace = this.#traces.beginTrace(traceId, () => Array.from(places, (place) => span.moveTo(place).spanId))
    for (const place of places) {
      const { spanId } = span.moveTo(place)
      if (this.#traces.has(spanId)) continue
      this.#writeSpan(span, trace, spanId)
      spans += 1
      if (isCall(span)) calls += 1
    }
    this.#traces.endTrace()
    return { spans, calls }
  }

  #writeSpan(span: SpanCursor, trace: number, spanId: string): void {
    const id = this.#numbers.next()
    const [start, duration] = [span.integer('start'), span.integer('duration')]
    const failed = span.number(SLOT.failed)
    const { parentSpanId, content } = span
    const [name, service] = [span.word(SLOT.name), span.word(SLOT.service)]
    const [kind, role] = [span.number(SLOT.kind), span.number(SLOT.role)]
    this.#spans.add([id, trace, spanId, parentSpanId, name, service, kind, role, start, duration, failed])
    this.#bodies.add([id, span.resource, span.word(SLOT.scope), span.body])
    const facts = isCall(span) ? span.facts() : undefined
    const end = start + duration
    this.#traces.add({ id, spanId, isRoot: parentSpanId === '', service, start, end, failed: failed > 0, facts })
    if (facts) this.#writeCall(span, { id, trace, start, duration, facts })
    if (content) this.#addContent.run(id, content)
  }

  #writeCall(span: SpanCursor, { id, trace, start, duration, facts }: CallRow): void {
    const { timeToFirstChunk } = facts
    const firstChunk = timeToFirstChunk === null ? null : Math.round(timeToFirstChunk * NANOS_PER_SECOND)
    const columns = CALL_FACTS.map(([, slot, kind]) =>
      kind === 'word' ? span.wordOrNull(slot) : span.numberOrNull(slot),
    )
    this.#calls.add([id, trace, start, duration, firstChunk, span.cost, ...columns])
    const session = span.wordOrNull(SLOT.session)
    if (session !== null) {
      const failed = FAILURES.has(span.number(SLOT.status))
      this.#sessions.add(session, { start, finish: start + duration, failed })
    }
    const values = {
      model: span.wordOrNull(SLOT.model),
      feature: span.wordOrNull(SLOT.feature),
      user: span.wordOrNull(SLOT.user),
      session,
      tenant: span.wordOrNull(SLOT.tenant),
      provider: span.wordOrNull(SLOT.provider),
      operation: span.word(SLOT.operation),
      service: span.word(SLOT.service),
      error_type: span.wordOrNull(SLOT.errorType),
    }
    this.#rollups.add({ facts, start, duration: Number(duration), values })
  }
}

interface CallRow {
  readonly id: number
  readonly trace: number
  readonly start: bigint
  readonly duration: bigint
  readonly facts: SummedFacts
}

const FAILURES: ReadonlySet<number> = new Set([STATUS_CODES.error, STATUS_CODES.rate_limit])

function isCall(span: SpanCursor): boolean {
  return span.number(SLOT.role) === ROLE_CODES.call
}
