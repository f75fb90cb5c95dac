import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type CallFacts, readCall, roleOf } from '../calls/call-facts.ts'
import { contentOf } from '../calls/content.ts'
import type { Span } from '../otlp/telemetry.ts'
import { ROLE_CODES, STATUS_CODES } from './dimensions.ts'
import { attributesText, jsonText } from './json-text.ts'
import { RollupBatch } from './rollup-batch.ts'
import { type Resources, serviceOf } from './resources.ts'
import { RowNumbers } from './row-numbers.ts'
import { RowWriter } from './row-writer.ts'
import { SessionBatch } from './session-batch.ts'
import { TraceBatch } from './trace-batch.ts'
import type { Words } from './words.ts'

const ERROR = 2
const NANOS_PER_SECOND = 1e9

const SPAN_COLUMNS = 'id trace span_id parent_id name service kind role start duration failed'.split(' ')

const CALL_COLUMNS = [
  'id',
  'trace',
  'start',
  'duration',
  'first_chunk',
  'service',
  'operation',
  'provider',
  'model',
  'response_model',
  'status',
  'error_type',
  'input',
  'cached',
  'cache_write',
  'output',
  'reasoning',
  'cost',
  'unpriced',
  'estimated',
  'attempts',
  'rate_limit_hits',
  'chunks',
  'finish_reason',
  'feature',
  'tenant',
  'user',
  'session',
  'prompt',
]

/** What a batch has brought. */
export interface Written {
  readonly spans: number
  readonly calls: number
}

/** Who has written a span, by numbers of words and of resources. */
interface Origin {
  readonly of: Pick<Span, 'resource' | 'scope'>
  readonly service: number
  readonly resource: number
  readonly scope: number
}

/** Writes spans, and what can be known of them without looking at them again: calls, sums of traces and of minutes. */
export class SpanWriter {
  readonly #words: Words
  readonly #traces: TraceBatch
  readonly #rollups: RollupBatch
  readonly #sessions: SessionBatch
  readonly #spans: RowWriter
  readonly #bodies: RowWriter
  readonly #calls: RowWriter
  readonly #numbers: RowNumbers
  readonly #addContent: StatementSync
  readonly #resources: Resources
  #lastOrigin: Origin | undefined

  constructor(database: DatabaseSync, words: Words, resources: Resources) {
    this.#words = words
    this.#resources = resources
    this.#traces = new TraceBatch(database)
    this.#rollups = new RollupBatch(database)
    this.#sessions = new SessionBatch(database)
    this.#spans = new RowWriter(database, { table: 'spans', columns: SPAN_COLUMNS })
    this.#bodies = new RowWriter(database, { table: 'bodies', columns: ['id', 'resource', 'scope', 'body'] })
    this.#calls = new RowWriter(database, { table: 'calls', columns: CALL_COLUMNS })
    this.#numbers = new RowNumbers(database, 'spans')
    this.#addContent = database.prepare('INSERT INTO content (rowid, text) VALUES (?, ?)')
  }

  /** Writes a batch, inside a transaction of the caller's, who ends it by `end`. A span that is there already, as after a repeated export, is passed over. */
  write(spans: readonly Span[]): Written {
    // Trace by trace, so that their numbers follow each other.
    const traces = Map.groupBy(spans, ({ traceId }) => traceId)
    this.#traces.lookUp(traces)
    let added = 0
    let calls = 0
    for (const ofTrace of traces.values()) {
      for (const span of ofTrace) {
        const role = this.#writeSpan(span)
        if (role === undefined) continue
        added += 1
        if (role === 'call') calls += 1
      }
    }
    return { spans: added, calls }
  }

  /** Ends what all batches of a transaction have begun: their sums are about the same minutes, models and sessions. */
  end(): void {
    for (const rows of [this.#spans, this.#bodies, this.#calls]) rows.flush()
    this.#numbers.forget()
    this.#traces.write()
    this.#rollups.write()
    this.#sessions.write()
  }

  /** After a transaction that was rolled back. */
  forget(): void {
    for (const rows of [this.#spans, this.#bodies, this.#calls]) rows.clear()
    this.#numbers.forget()
    this.#lastOrigin = undefined
    this.#traces.forget()
    this.#rollups.clear()
    this.#sessions.clear()
  }

  #writeSpan(span: Span): ReturnType<typeof roleOf> | undefined {
    const role = roleOf(span)
    const facts = role === 'call' ? readCall(span) : undefined
    const duration = span.end > span.start ? span.end - span.start : 0n
    const failed = span.statusCode === ERROR
    const origin = this.#originOf(span)
    const { service } = origin
    const trace = this.#traces.idOf(span.traceId, service)
    if (!this.#traces.isNew(trace, span.spanId)) return undefined
    const id = this.#numbers.next()
    const columns = [
      this.#words.id(span.name),
      service,
      span.kind,
      ROLE_CODES[role],
      span.start,
      duration,
      Number(failed),
    ]
    this.#spans.add(id, trace, span.spanId, span.parentSpanId, ...columns)
    this.#traces.add(trace, { id, span, failed, facts })
    this.#writeBody(id, span, origin)
    if (facts) this.#writeCall(id, trace, span, facts, duration, service)
    const content = contentOf(span.attributes)
    if (content !== '') this.#addContent.run(id, content)
    return role
  }

  #writeBody(id: number, span: Span, { resource, scope }: Origin): void {
    this.#bodies.add(id, resource, scope, `{"attributes":${attributesText(span.attributes)}${moreText(span)}}`)
  }

  /** Mostly that of the span before. */
  #originOf({ resource, scope }: Span): Origin {
    if (this.#lastOrigin?.of.resource === resource && this.#lastOrigin.of.scope === scope) return this.#lastOrigin
    return (this.#lastOrigin = {
      of: { resource, scope },
      service: this.#words.id(serviceOf(resource)),
      resource: this.#resources.id(resource),
      scope: this.#words.id(scope.version === '' ? scope.name : `${scope.name}@${scope.version}`),
    })
  }

  #writeCall(id: number, trace: number, span: Span, facts: CallFacts, duration: bigint, service: number): void {
    const words = this.#words
    const operation = words.id(facts.operation)
    const [provider, model, feature] = [facts.provider, facts.model, facts.feature].map((word) => words.idOrNull(word))
    const [tenant, user, session] = [facts.tenant, facts.user, facts.session].map((word) => words.idOrNull(word))
    const errorType = words.idOrNull(facts.errorType)
    const { timeToFirstChunk } = facts
    this.#calls.add(
      id,
      trace,
      span.start,
      duration,
      timeToFirstChunk === undefined ? null : Math.round(timeToFirstChunk * NANOS_PER_SECOND),
      service,
      operation,
      provider ?? null,
      model ?? null,
      words.idOrNull(facts.responseModel),
      STATUS_CODES[facts.status],
      errorType,
      facts.inputTokens ?? null,
      facts.cachedTokens ?? null,
      facts.cacheWriteTokens ?? null,
      facts.outputTokens ?? null,
      facts.reasoningTokens ?? null,
      facts.picoUsd ?? null,
      words.idOrNull(facts.unpriced),
      Number(facts.estimated ?? false),
      facts.attempts,
      facts.rateLimitHits,
      facts.chunks ?? null,
      words.idOrNull(facts.finishReason),
      feature ?? null,
      tenant ?? null,
      user ?? null,
      session ?? null,
      words.idOrNull(facts.prompt),
    )
    if (session !== null && session !== undefined) {
      const failed = facts.status === 'error' || facts.status === 'rate_limit'
      this.#sessions.add(session, { start: span.start, finish: span.start + duration, failed })
    }
    this.#rollups.add({
      facts,
      start: span.start,
      duration: Number(duration),
      values: {
        model: model ?? null,
        feature: feature ?? null,
        user: user ?? null,
        session: session ?? null,
        tenant: tenant ?? null,
        provider: provider ?? null,
        operation,
        service,
        error_type: errorType,
      },
    })
  }
}

/** What few spans have, to be put behind their attributes. */
function moreText({ events, links, statusMessage }: Span): string {
  if (events.length === 0 && links.length === 0 && statusMessage === '') return ''
  const more = {
    ...(events.length > 0 && { events }),
    ...(links.length > 0 && { links }),
    ...(statusMessage !== '' && { statusMessage }),
  }
  return `,${jsonText(more).slice(1, -1)}`
}
