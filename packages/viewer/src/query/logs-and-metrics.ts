import type { DatabaseSync } from 'node:sqlite'
import { METRIC_KINDS } from '../store/metric-writer.ts'
import { nanosOf, type Range, stepOf } from './range.ts'

/** A log record. */
export interface LogRow {
  readonly id: number
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly traceId: string
  readonly spanId: string
  /** 1 to 24, as OpenTelemetry counts. */
  readonly severity: number
  readonly severityText: string
  readonly service: string
  readonly eventName: string
  readonly body: unknown
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Which log records are wanted. */
export interface LogQuery {
  readonly traceId?: string
  readonly spanId?: string
  readonly range?: Range
}

/** Log records, the latest first. */
export function listLogs(
  database: DatabaseSync,
  { traceId, spanId, range }: LogQuery,
  limit: number,
): readonly LogRow[] {
  const conditions = [
    ...(traceId === undefined ? [] : [{ sql: 'trace_id = ?', values: [traceId] }]),
    ...(spanId === undefined ? [] : [{ sql: 'span_id = ?', values: [spanId] }]),
    ...(range ? [{ sql: 'time >= ? AND time < ?', values: [...nanosOf(range)] }] : []),
  ]
  const where = conditions.length > 0 ? `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}` : ''
  return database
    .prepare(
      `SELECT id, time / 1000 AS timeUs, trace_id AS traceId, span_id AS spanId, severity, (SELECT word FROM words WHERE words.id = service) AS service,
       (SELECT word FROM words WHERE words.id = event) AS eventName, body FROM logs ${where} ORDER BY time DESC, id DESC LIMIT ?`,
    )
    .all(...conditions.flatMap<string | bigint>(({ values }) => values), limit)
    .map(({ timeUs, body, ...rest }) => {
      const { scope: _, ...held } = JSON.parse(body as string) as Record<string, unknown>
      return { ...rest, ...held, time: (timeUs as number) / 1000 } as unknown as LogRow
    })
}

/** A metric that has come. */
export interface MetricRow {
  readonly name: string
  readonly unit: string
  readonly kind: (typeof METRIC_KINDS)[number]
  readonly series: number
}

/** All metrics, by name. */
export function listMetrics(database: DatabaseSync): readonly MetricRow[] {
  return database
    .prepare(
      `SELECT (SELECT word FROM words WHERE words.id = metric) AS name, (SELECT word FROM words WHERE words.id = unit) AS unit, kind,
       count(*) AS series FROM series GROUP BY metric, unit, kind ORDER BY name`,
    )
    .all()
    .map(({ kind, ...rest }) => ({ ...rest, kind: METRIC_KINDS[kind as number] }) as unknown as MetricRow)
}

/** One series of a metric: what a process said over time. */
export interface MetricSeries {
  readonly service: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly points: readonly {
    /** Milliseconds since the epoch. */
    readonly time: number
    /** The value, or the sum of a distribution. */
    readonly value: number | null
    /** How many values a distribution has. */
    readonly count: number | null
  }[]
}

/** The most points of one series. */
const MOST_POINTS = 5000

/** As many as other charts have: in a day a point every quarter of an hour; up to two hours all are given. */
const STEPS_OF_A_CHART = 120
const NANOS_PER_MINUTE = 60_000_000_000
const POINT = 'time / 1000000 AS time, value, count'

/** All series of a metric, with their points in a range: of a long one, the last point of each step. */
export function metricSeries(database: DatabaseSync, name: string, range: Range): readonly MetricSeries[] {
  const all = database
    .prepare(
      `SELECT id, (SELECT word FROM words WHERE words.id = service) AS service, attributes FROM series
       WHERE metric = (SELECT id FROM words WHERE word = ?)`,
    )
    .all(name)
  const points = database.prepare(pointsSql(stepOf(range, STEPS_OF_A_CHART)))
  return all.map(({ id, service, attributes }) => ({
    service: service as string,
    attributes: JSON.parse(attributes as string) as MetricSeries['attributes'],
    points: points.all(id as number, ...nanosOf(range)) as unknown as MetricSeries['points'],
  }))
}

const pointsBefore = (bound: string): string => `points WHERE series = ?1 AND time >= ?2 AND time < ${bound}`

function pointsSql(stepMinutes: number): string {
  if (stepMinutes === 1) return `SELECT ${POINT} FROM ${pointsBefore('?3')} ORDER BY time LIMIT ${MOST_POINTS}`
  const step = stepMinutes * NANOS_PER_MINUTE
  // From the last point of a step to the last one before that step: what lies between is not read.
  return `WITH RECURSIVE last (at) AS (
      SELECT max(time) FROM ${pointsBefore('?3')}
      UNION ALL SELECT (SELECT max(time) FROM ${pointsBefore(`at / ${step} * ${step}`)}) FROM last WHERE at IS NOT NULL
    ) SELECT ${POINT} FROM last JOIN points ON series = ?1 AND time = at ORDER BY time`
}
