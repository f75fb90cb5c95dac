import type { DatabaseSync } from 'node:sqlite'
import { decimalUsd } from '@tokenmeter/meter'
import { ROLE_NAMES } from '../store/dimensions.ts'
import { spanNumbers } from '../store/runs.ts'
import { traceNumber } from '../store/trace-keys.ts'
import type { CallRow } from './call-rows.ts'
import { cursorOf } from './cursor.ts'
import { nanosOf, type Range } from './range.ts'

/** A trace as lists show it: all its spans added up. */
export interface TraceRow {
  readonly traceId: string
  /** Of the root span; `null` where it has not come. */
  readonly name: string | null
  readonly service: string
  /** Milliseconds since the epoch. */
  readonly start: number
  /** Seconds. */
  readonly duration: number
  readonly spans: number
  readonly calls: number
  readonly errors: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** USD as an exact decimal. */
  readonly cost: string
  readonly unpriced: number
}

/** A span in the tree of a trace, without its body. */
export interface SpanRow {
  readonly id: number
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly service: string
  readonly kind: number
  readonly role: 'call' | 'tool' | 'agent' | 'other'
  /** Milliseconds since the epoch. */
  readonly start: number
  /** Seconds. */
  readonly duration: number
  readonly failed: boolean
  /** Present where the span is a call; `/api/calls/{id}` has the rest of it. */
  readonly call?: TreeCall
}

/** What a tree shows of a call: of 100,000 spans every field is a megabyte. */
export type TreeCall = Pick<
  CallRow,
  'model' | 'errorType' | 'inputTokens' | 'outputTokens' | 'cost' | 'estimated' | 'timeToFirstChunk'
>

/** A trace with a page of its spans, in the order of their beginnings. */
export interface TraceDetail extends TraceRow {
  readonly tree: readonly SpanRow[]
  /** Where the next page begins; absent at the end. */
  readonly next?: string
}

/** The most spans of one page. */
export const MOST_SPANS_A_PAGE = 1000

const TRACE_COLUMNS = `trace_id AS traceId, (SELECT word FROM words JOIN spans ON words.id = spans.name WHERE spans.id = root) AS name,
  (SELECT word FROM words WHERE words.id = traces.service) AS service, start / 1000 AS startUs, (finish - start) / 1e9 AS duration,
  spans, calls, errors, input AS inputTokens, output AS outputTokens, CAST(cost AS TEXT) AS cost, unpriced`

function traceRowOf(selected: Readonly<Record<string, unknown>>): TraceRow {
  const { startUs, cost, ...rest } = selected
  return { ...rest, start: (startUs as number) / 1000, cost: decimalUsd(BigInt(cost as string)) } as unknown as TraceRow
}

/** Traces, the latest first. */
export function listTraces(database: DatabaseSync, range: Range, limit: number): readonly TraceRow[] {
  return database
    .prepare(`SELECT ${TRACE_COLUMNS} FROM traces WHERE start >= ? AND start < ? ORDER BY start DESC LIMIT ?`)
    .all(...nanosOf(range), limit)
    .map(traceRowOf)
}

/** A trace by its id, and its number in the tables. */
export function selectTrace(
  database: DatabaseSync,
  traceId: string,
): { readonly trace: number; readonly about: TraceRow } | undefined {
  const number = traceNumber(traceId)
  const found = database
    .prepare(`SELECT id, ${TRACE_COLUMNS} FROM traces WHERE id = ${number.sql}`)
    .get(...number.values)
  if (!found) return undefined
  const { id, ...row } = found
  return { trace: id as number, about: traceRowOf(row) }
}

/** A condition on rows of `spans` and of `calls`, with its values by their names. */
export interface NamedWhere {
  readonly sql: string
  readonly values: Readonly<Record<string, number | string>>
}

/** Rows that are read for one that is wanted, at most, where they are read in the order of the table. */
const MOST_READ = 10

/**
 * Which rows of `spans` and of `calls` are those of a trace. The spans of a trace mostly came one after the other: then the table is gone through from the first to the
 * last.
 *
 * @param spans how many it has.
 */
export function whereTrace(database: DatabaseSync, trace: number, spans: number): NamedWhere {
  const ids = database.prepare('SELECT min(first) AS low, max(first + count - 1) AS high FROM runs WHERE trace = ?')
  const { low, high } = ids.get(trace) as { readonly low: number; readonly high: number }
  if (high - low < MOST_READ * spans)
    return { sql: 'id BETWEEN :low AND :high AND trace = :trace', values: { low, high, trace } }
  return { sql: `id IN (${spanNumbers('runs.trace = :trace')})`, values: { trace } }
}

/**
 * A trace by its id, with a page of its spans.
 *
 * @param after where to go on: `next` of the page before.
 */
export function findTrace(
  database: DatabaseSync,
  traceId: string,
  limit: number = MOST_SPANS_A_PAGE,
  after?: string,
): TraceDetail | undefined {
  const found = selectTrace(database, traceId)
  if (!found) return undefined
  const { trace, about } = found
  const wordOf = rememberedWords(database)
  const { sql, values } = whereTrace(database, trace, about.spans)
  const [start, id] = cursorOf(after) ?? [0n, 0n]
  const rows = database.prepare(treeSql(sql)).all({ ...values, afterStart: start, afterId: id, limit: limit + 1 })
  const tree = rows.slice(0, limit).map((span) => spanRowOf(span, wordOf))
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { ...about, tree, ...(last && { next: `${String(last['startNanos'])}.${String(last['id'])}` }) }
}

/** The order is found out by itself, without the columns of calls. */
const treeSql = (
  where: string,
): string => `SELECT spans.id, span_id AS spanId, parent_id AS parentSpanId, name, spans.service, kind, role, spans.start / 1000 AS startUs,
  CAST(spans.start AS TEXT) AS startNanos, spans.duration / 1e9 AS duration, failed, model, error_type, input, output, CAST(cost AS TEXT) AS cost,
  estimated, first_chunk / 1e9 AS firstChunk FROM spans LEFT JOIN calls ON calls.id = spans.id WHERE spans.id IN
  (SELECT id FROM spans WHERE ${where} AND (start, id) > (:afterStart, :afterId) ORDER BY start, id LIMIT :limit) ORDER BY spans.start, spans.id`

type Selected = Readonly<Record<string, unknown>>
/** Tells the word of a number; `null` of `null`. */
export type WordOf = (id: unknown) => string | null

function spanRowOf(selected: Selected, wordOf: WordOf): SpanRow {
  const { id, spanId, parentSpanId, name, service, kind, role, startUs, duration, failed, estimated } = selected
  return {
    id,
    spanId,
    parentSpanId,
    name: wordOf(name),
    service: wordOf(service),
    kind,
    role: ROLE_NAMES[role as number],
    start: (startUs as number) / 1000,
    duration,
    failed: failed === 1,
    // The one column of a call that is never empty.
    ...(estimated !== null && { call: treeCallOf(selected, wordOf) }),
  } as SpanRow
}

function treeCallOf(selected: Selected, wordOf: WordOf): TreeCall {
  const { model, error_type: errorType, input, output, cost, estimated, firstChunk } = selected
  return {
    model: wordOf(model),
    errorType: wordOf(errorType),
    inputTokens: input,
    outputTokens: output,
    cost: cost === null ? null : decimalUsd(BigInt(cost as string)),
    estimated: estimated === 1,
    timeToFirstChunk: firstChunk,
  } as TreeCall
}

/** Words by their numbers, each looked up once: the spans of a trace, or the lines of a chart, have few. */
export function rememberedWords(database: DatabaseSync): WordOf {
  const find = database.prepare('SELECT word FROM words WHERE id = ?')
  const known = new Map<unknown, string | null>([[null, null]])
  return (id) => {
    let word = known.get(id)
    if (word === undefined) known.set(id, (word = String(find.get(id as number)?.['word'] ?? '')))
    return word
  }
}

/** What a span holds beside its row. */
export interface SpanBody {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events?: readonly { readonly name: string; readonly time: unknown; readonly attributes: object }[]
  readonly links?: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: object }[]
  readonly statusMessage?: string
  readonly resource: Readonly<Record<string, unknown>>
  readonly scope: string
}

/** The body of a span by its number. */
export function findBody(database: DatabaseSync, id: number): SpanBody | undefined {
  const row = database
    .prepare(
      `SELECT body, (SELECT attributes FROM resources WHERE resources.id = resource) AS resource,
       (SELECT word FROM words WHERE words.id = scope) AS scope FROM bodies WHERE id = ?`,
    )
    .get(id)
  return row && spanBodyOf(row)
}

/** A body out of its columns. */
export function spanBodyOf(row: Readonly<Record<string, unknown>>): SpanBody {
  const body = JSON.parse(row['body'] as string) as Omit<SpanBody, 'resource' | 'scope'>
  const resource = JSON.parse((row['resource'] as string | null) ?? '{}') as SpanBody['resource']
  return { ...body, resource, scope: (row['scope'] as string | null) ?? '' }
}
