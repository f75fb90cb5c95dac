import type { DatabaseSync } from 'node:sqlite'
import { decimalUsd } from '@tokenmeter/meter'
import { ROLE_NAMES } from '../store/dimensions.ts'
import { CALL_ROW_COLUMNS, type CallRow, callRowOf } from './call-rows.ts'
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
  /** Present where the span is a call. */
  readonly call?: CallRow
}

/** A trace with its spans, in the order of their beginnings. */
export interface TraceDetail extends TraceRow {
  readonly tree: readonly SpanRow[]
  /** Spans that are not listed, beyond the most that are. */
  readonly omitted: number
}

/** The most spans of a trace that are listed. */
const MOST_SPANS = 100_000

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

/** A trace by its id. */
export function findTrace(database: DatabaseSync, traceId: string): TraceDetail | undefined {
  const found = database.prepare(`SELECT id, ${TRACE_COLUMNS} FROM traces WHERE trace_id = ?`).get(traceId)
  if (!found) return undefined
  const { id: trace, ...row } = found
  const calls = callsOf(database, Number(trace))
  const spans = database
    .prepare(
      `SELECT id, span_id AS spanId, parent_id AS parentSpanId, (SELECT word FROM words WHERE words.id = name) AS name,
       (SELECT word FROM words WHERE words.id = service) AS service, kind, role, start / 1000 AS startUs, duration / 1e9 AS duration, failed
       FROM spans WHERE trace = ? ORDER BY start, id LIMIT ?`,
    )
    .all(trace as number, MOST_SPANS)
  const tree = spans.map(({ startUs, role, failed, ...rest }) => {
    const call = calls.get(Number(rest['id']))
    return {
      ...rest,
      start: (startUs as number) / 1000,
      role: ROLE_NAMES[role as number],
      failed: failed === 1,
      ...(call && { call }),
    } as unknown as SpanRow
  })
  const about = traceRowOf(row)
  return { ...about, tree, omitted: about.spans - tree.length }
}

function callsOf(database: DatabaseSync, trace: number): ReadonlyMap<number, CallRow> {
  const rows = database
    .prepare(`SELECT ${CALL_ROW_COLUMNS} FROM calls WHERE id IN (SELECT id FROM spans WHERE spans.trace = ?)`)
    .all(trace)
  return new Map(rows.map((row) => [Number(row['id']), callRowOf(row)]))
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
