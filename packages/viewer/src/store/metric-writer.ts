import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { MetricPoint, PointValue } from '../otlp/telemetry.ts'
import { canonicalText, jsonText } from './json-text.ts'
import { type Resources, serviceOf } from './resources.ts'
import type { Words } from './words.ts'

/** Kinds of metrics, by their numbers in files: they stay. */
export const METRIC_KINDS: readonly PointValue['kind'][] = [
  'gauge',
  'sum',
  'histogram',
  'exponential_histogram',
  'summary',
]

/** Writes points of metrics, each under its series. */
export class MetricWriter {
  readonly #words: Words
  readonly #resources: Resources
  readonly #addSeries: StatementSync
  readonly #findSeries: StatementSync
  readonly #addPoint: StatementSync

  constructor(database: DatabaseSync, words: Words, resources: Resources) {
    this.#words = words
    this.#resources = resources
    this.#addSeries = database.prepare(
      'INSERT INTO series (metric, unit, kind, service, resource, attributes) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    this.#findSeries = database.prepare('SELECT id FROM series WHERE metric = ? AND resource = ? AND attributes = ?')
    this.#addPoint = database.prepare(
      'INSERT INTO points (series, time, value, count, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
  }

  /** Writes a batch, inside a transaction of the caller's. */
  write(points: readonly MetricPoint[]): void {
    for (const point of points) {
      const { value, count, body } = columnsOf(point.point)
      this.#addPoint.run(this.#seriesOf(point), point.time, value, count, body)
    }
  }

  #seriesOf({ name, unit, resource, attributes, point }: MetricPoint): number {
    const metric = this.#words.id(name)
    const resourceId = this.#resources.id(resource)
    const text = canonicalText(attributes)
    const found = this.#findSeries.get(metric, resourceId, text) as { id: number } | undefined
    if (found) return found.id
    const service = this.#words.id(serviceOf(resource))
    const kind = METRIC_KINDS.indexOf(point.kind)
    const unitId = this.#words.id(unit)
    return Number(this.#addSeries.run(metric, unitId, kind, service, resourceId, text).lastInsertRowid)
  }
}

interface Columns {
  /** The value, or the sum of a distribution. */
  readonly value: number | null
  readonly count: number | null
  /** What there is beside: temporality, buckets. */
  readonly body: string | null
}

function columnsOf(point: PointValue): Columns {
  switch (point.kind) {
    case 'gauge':
      return { value: finite(Number(point.value)), count: null, body: null }
    case 'sum': {
      const { temporality, isMonotonic } = point
      return { value: finite(Number(point.value)), count: null, body: jsonText({ temporality, isMonotonic }) }
    }
    default: {
      const { kind: _, sum, count, ...rest } = point
      return { value: finite(sum), count, body: jsonText(rest) }
    }
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}
