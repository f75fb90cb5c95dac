import type { DatabaseSync } from 'node:sqlite'
import { type NamedWhere, selectTrace, type TraceRow, whereTrace } from './traces.ts'

/** Spans by columns: what stands at the same place in each list belongs to one span. In no order. */
interface SpanColumns {
  readonly id: readonly number[]
  /** The `id` of the parent; 0 where there is none, -1 where it has not come. */
  readonly parent: readonly number[]
  /** Numbers of words. */
  readonly name: readonly number[]
  readonly service: readonly number[]
  /** Places in `ROLE_NAMES`. */
  readonly role: readonly number[]
  /** Microseconds since the trace began. */
  readonly start: readonly number[]
  /** Nanoseconds. */
  readonly duration: readonly number[]
  /** 1 where it has. */
  readonly failed: readonly number[]
}

/** What the spans that are calls have beside that. */
interface CallColumns {
  /** That of the span. */
  readonly id: readonly number[]
  readonly model: readonly (number | null)[]
  readonly errorType: readonly (number | null)[]
  readonly inputTokens: readonly (number | null)[]
  readonly outputTokens: readonly (number | null)[]
  /** Whole 10⁻⁶ USD of the cost, and the 10⁻¹² USD beyond: together they may be more than a number holds. */
  readonly microUsd: readonly (number | null)[]
  readonly picoUsd: readonly (number | null)[]
  /** 1 where tokens and cost are estimates. */
  readonly estimated: readonly number[]
  /** Nanoseconds. */
  readonly firstChunk: readonly (number | null)[]
}

/** A trace as the page draws it: 100,000 spans are a few megabytes, and are made and read in a small part of the time that as many objects take. */
export interface TraceColumns extends TraceRow {
  /** Spans that are not listed, beyond the most that are: the latest. */
  readonly omitted: number
  /** Words by their numbers. */
  readonly words: Readonly<Record<string, string>>
  readonly columns: SpanColumns
  readonly callColumns: CallColumns
}

/** The most spans of a trace that are listed. */
export const MOST_SPANS = 100_000

/** @param began microseconds since the epoch. */
const spanColumns = (began: number): Readonly<Record<keyof SpanColumns, string>> => ({
  id: 'id',
  parent: "iif(parent_id = '', 0, ifnull(parents.number, -1))",
  name: 'name',
  service: 'service',
  role: 'role',
  start: `start / 1000 - ${began}`,
  duration: 'duration',
  failed: 'failed',
})

const CALL_COLUMNS: Readonly<Record<keyof CallColumns, string>> = {
  id: 'id',
  model: 'model',
  errorType: 'error_type',
  inputTokens: 'input',
  outputTokens: 'output',
  microUsd: 'cost / 1000000',
  picoUsd: 'cost % 1000000',
  estimated: 'estimated',
  firstChunk: 'first_chunk',
}

/**
 * A trace by its id, as JSON of `TraceColumns`: SQLite writes the lists, and no span becomes an object.
 *
 * @param most lists so many spans only, the earliest. Default: 100,000.
 */
export function traceColumnsJson(
  database: DatabaseSync,
  traceId: string,
  most: number = MOST_SPANS,
): string | undefined {
  const found = selectTrace(database, traceId)
  if (!found) return undefined
  const { trace, about } = found
  const all = whereTrace(database, trace, about.spans)
  const where = spansOf(database, all, about.spans, most)
  // Without MATERIALIZED, SQLite looks through all of them for each span; with it, it makes an index for this one question.
  const parents = `WITH parents AS MATERIALIZED (SELECT id AS number, span_id AS parent FROM spans WHERE ${all.sql})`
  const spans = `${parents} SELECT ${listsOf(spanColumns(Math.round(about.start * 1000)))} FROM spans LEFT JOIN parents ON parent = parent_id`
  const calls = `SELECT ${listsOf(CALL_COLUMNS)} FROM calls`
  return objectJson({
    ...Object.fromEntries(Object.entries(about).map(([name, value]) => [name, JSON.stringify(value)])),
    omitted: Math.max(0, about.spans - most),
    words: wordsJson(database, where),
    columns: objectJson(database.prepare(`${spans} WHERE ${where.sql}`).get({ ...all.values, ...where.values })),
    callColumns: objectJson(database.prepare(`${calls} WHERE ${where.sql}`).get(where.values)),
  })
}

/** Columns, each as a list in JSON. */
function listsOf(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, sql]) => `json_group_array(${sql}) AS ${name}`)
    .join(', ')
}

/** An object of values that are JSON already. */
function objectJson(values: Readonly<Record<string, unknown>> | undefined): string {
  const fields = Object.entries(values ?? {}).map(([name, json]) => `"${name}":${String(json)}`)
  return `{${fields.join()}}`
}

/** Which spans are listed: all, or the earliest. */
function spansOf(database: DatabaseSync, where: NamedWhere, spans: number, most: number): NamedWhere {
  if (spans <= most) return where
  const earliest = database
    .prepare(
      `SELECT json_group_array(id) AS ids FROM (SELECT id FROM spans WHERE ${where.sql} ORDER BY start, id LIMIT ${most})`,
    )
    .get(where.values) as { readonly ids: string }
  return { sql: 'id IN (SELECT value FROM json_each(:ids))', values: earliest }
}

function wordsJson(database: DatabaseSync, { sql, values }: NamedWhere): string {
  const used = [
    ...database.prepare(`SELECT DISTINCT name, service FROM spans WHERE ${sql}`).all(values),
    ...database.prepare(`SELECT DISTINCT model, error_type FROM calls WHERE ${sql}`).all(values),
  ]
  const ids = new Set(used.flatMap((row) => Object.values(row)))
  const words = database
    .prepare('SELECT json_group_object(id, word) AS words FROM words WHERE id IN (SELECT value FROM json_each(?))')
    .get(JSON.stringify([...ids]))
  return String(words?.['words'])
}
