import type { DatabaseSync } from 'node:sqlite'
import { spanNumbers } from '../store/runs.ts'
import { traceNumber } from '../store/trace-keys.ts'
import { type CallQuery, whereOf } from './call-scan.ts'
import { type SpanBody, spanBodyOf } from './traces.ts'

/** Spans as OTLP/JSON: an `ExportTraceServiceRequest` that any receiver takes, this one too. */
export interface OtlpJson {
  readonly resourceSpans: readonly unknown[]
}

/** Most spans of one export. */
const MOST_EXPORTED = 100_000

const EXPORTED = `SELECT (SELECT trace_id FROM traces WHERE traces.id = spans.trace) AS traceId, span_id AS spanId, parent_id AS parentSpanId,
  (SELECT word FROM words WHERE words.id = spans.name) AS name, kind, failed, CAST(start AS TEXT) AS start,
  CAST(start + duration AS TEXT) AS finish, body, (SELECT attributes FROM resources WHERE resources.id = resource) AS resource,
  (SELECT word FROM words WHERE words.id = scope) AS scope FROM spans JOIN bodies ON bodies.id = spans.id`

/** A trace, whole; `undefined` where it is not here. */
export function exportTrace(database: DatabaseSync, traceId: string): OtlpJson | undefined {
  const { sql, values } = traceNumber(traceId)
  const rows = database
    .prepare(`${EXPORTED} WHERE spans.id IN (${spanNumbers(`runs.trace = ${sql}`)}) ORDER BY spans.start LIMIT ?`)
    .all(...values, MOST_EXPORTED)
  return rows.length === 0 ? undefined : otlpJsonOf(rows)
}

/** The calls that a filter lets through, without the rest of their traces. @throws FilterError when it cannot be understood. */
export function exportCalls(database: DatabaseSync, query: CallQuery): OtlpJson {
  const { sql, values } = whereOf(query)
  const rows = database
    .prepare(`${EXPORTED} WHERE spans.id IN (SELECT id FROM calls WHERE ${sql}) ORDER BY spans.start LIMIT ?`)
    .all(...values, MOST_EXPORTED)
  return otlpJsonOf(rows)
}

type Row = Readonly<Record<string, unknown>>

function otlpJsonOf(rows: readonly Row[]): OtlpJson {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = `${String(row['resource'])}\n${String(row['scope'])}`
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return { resourceSpans: [...groups.values()].map(resourceSpansOf) }
}

function resourceSpansOf(rows: readonly Row[]): unknown {
  const { resource, scope } = spanBodyOf(rows[0] ?? {})
  const at = scope.lastIndexOf('@')
  const named = at > 0 ? { name: scope.slice(0, at), version: scope.slice(at + 1) } : { name: scope }
  const spans = rows.map(spanOf)
  return { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: named, spans }] }
}

function spanOf(row: Row): unknown {
  const { attributes, events = [], links = [], statusMessage } = spanBodyOf(row)
  const { traceId, spanId, parentSpanId, name, kind, start, finish, failed } = row
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    startTimeUnixNano: start,
    endTimeUnixNano: finish,
    attributes: keyValues(attributes),
    events: events.map((event) => ({
      name: event.name,
      timeUnixNano: integerText(event.time),
      attributes: keyValues(event.attributes),
    })),
    links: links.map((link) => ({ ...link, attributes: keyValues(link.attributes) })),
    status: { code: failed === 1 ? 2 : 0, ...(statusMessage !== undefined && { message: statusMessage }) },
  }
}

function keyValues(attributes: SpanBody['attributes'] | object): readonly unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValueOf(value) }))
}

function integerText(value: unknown): string {
  const tagged = value as { readonly $integer?: string } | null
  return typeof value === 'object' && tagged?.$integer !== undefined ? tagged.$integer : String(value)
}

/** The `AnyValue` of what is in a body. */
function anyValueOf(value: unknown): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValueOf) } }
  if (typeof value !== 'object' || value === null) return {}
  const { $integer, $base64 } = value as { readonly $integer?: unknown; readonly $base64?: unknown }
  if (typeof $integer === 'string') return { intValue: $integer }
  if (typeof $base64 === 'string') return { bytesValue: $base64 }
  return { kvlistValue: { values: keyValues(value) } }
}
