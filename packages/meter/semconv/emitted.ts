import { type Attributes, SpanKind, SpanStatusCode, ValueType } from '@opentelemetry/api'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'

/** A span as the conventions speak of it. All shapes here survive JSON, so that other processes can hand theirs over. */
export interface EmittedSpan {
  readonly name: string
  /** `client`, `internal` … */
  readonly kind: string
  readonly status: 'unset' | 'ok' | 'error'
  readonly statusMessage?: string
  readonly attributes: Attributes
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[]
}

/** A metric with its series. */
export interface EmittedMetric {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly instrument: 'counter' | 'gauge' | 'histogram'
  readonly valueType: 'int' | 'double'
  /** Explicit bucket boundaries, for histograms. */
  readonly boundaries?: readonly number[]
  readonly points: readonly EmittedPoint[]
}

/** One series. */
interface EmittedPoint {
  readonly attributes: Attributes
  /** How many values a histogram has seen; for other instruments their value. */
  readonly value: number
}

/** A log record with an event name. */
export interface EmittedEvent {
  readonly name: string
  readonly severityNumber: number
  readonly body?: unknown
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Everything that was emitted. */
export interface Emitted {
  readonly spans: readonly EmittedSpan[]
  readonly metrics: readonly EmittedMetric[]
  readonly events: readonly EmittedEvent[]
}

const STATUSES = {
  [SpanStatusCode.UNSET]: 'unset',
  [SpanStatusCode.OK]: 'ok',
  [SpanStatusCode.ERROR]: 'error',
} as const

export function emittedSpan({ name, kind, status, attributes, events }: ReadableSpan): EmittedSpan {
  return {
    name,
    kind: SpanKind[kind].toLowerCase(),
    status: STATUSES[status.code],
    ...(status.message !== undefined && { statusMessage: status.message }),
    attributes: { ...attributes },
    events: events.map((event) => ({ name: event.name, attributes: { ...event.attributes } })),
  }
}

export function emittedMetric(metric: MetricData): EmittedMetric {
  const { name, unit, description, valueType } = metric.descriptor
  const isHistogram = metric.dataPointType === DataPointType.HISTOGRAM
  const isCounter = metric.dataPointType === DataPointType.SUM && metric.isMonotonic
  const boundaries = isHistogram ? metric.dataPoints[0]?.value.buckets.boundaries : undefined
  const kind = isCounter ? 'counter' : 'gauge'
  return {
    name,
    unit,
    description,
    instrument: isHistogram ? 'histogram' : kind,
    valueType: valueType === ValueType.INT ? 'int' : 'double',
    ...(boundaries && { boundaries }),
    points: metric.dataPoints.map(({ attributes, value }) => ({
      attributes,
      value: typeof value === 'number' ? value : value.count,
    })),
  }
}

export function emittedEvent({
  eventName = '',
  severityNumber = 0,
  body,
  attributes,
}: ReadableLogRecord): EmittedEvent {
  return { name: eventName, severityNumber, ...(body !== undefined && { body }), attributes: { ...attributes } }
}
