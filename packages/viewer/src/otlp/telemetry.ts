/**
 * What a receiver hands on: spans, log records and metric points of OTLP 1.x (https://opentelemetry.io/docs/specs/otlp/), flat, each with its resource and
 * scope. The same whether it came as protobuf or as JSON.
 */

/** A value of an attribute or the body of a log record. Integers beyond 2^53 are `bigint`, so that none is rounded. */
export type AttributeValue =
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue }

/** Attributes by name. Of a name that is given twice the last value holds. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** Who sent telemetry: the process. */
export interface Resource {
  readonly attributes: Attributes
}

/** What made it: the library. */
export interface Scope {
  readonly name: string
  readonly version: string
}

/** Something that happened in the course of a span. */
export interface SpanEvent {
  readonly name: string
  /** Nanoseconds since the epoch. */
  readonly time: bigint
  readonly attributes: Attributes
}

/** A span elsewhere that this one has to do with. */
export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}

/** One span. */
export interface Span {
  readonly resource: Resource
  readonly scope: Scope
  /** 32 digits, hexadecimal, lower case. */
  readonly traceId: string
  /** 16 digits. */
  readonly spanId: string
  /** Empty for the root of a trace. */
  readonly parentSpanId: string
  readonly name: string
  /** `SpanKind` of the protocol: 1 internal, 2 server, 3 client, 4 producer, 5 consumer; 0 where nothing was said. */
  readonly kind: number
  /** Nanoseconds since the epoch. */
  readonly start: bigint
  /** Nanoseconds since the epoch. */
  readonly end: bigint
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number
  readonly statusMessage: string
}

/** One log record. */
export interface LogRecord {
  readonly resource: Resource
  readonly scope: Scope
  /** When it happened or, where nobody said, when it was seen: nanoseconds since the epoch. */
  readonly time: bigint
  /** 1 to 24; 0 where nothing was said. */
  readonly severity: number
  readonly severityText: string
  readonly body: AttributeValue
  readonly attributes: Attributes
  /** Empty where the record belongs to no trace. */
  readonly traceId: string
  readonly spanId: string
  readonly eventName: string
}

/** How the values of a metric add up over time. */
export type Temporality = 'unspecified' | 'delta' | 'cumulative'

/** What a point of a metric holds. */
export type PointValue =
  | { readonly kind: 'gauge'; readonly value: number | bigint }
  | {
      readonly kind: 'sum'
      readonly value: number | bigint
      readonly isMonotonic: boolean
      readonly temporality: Temporality
    }
  | ({
      readonly kind: 'histogram'
      readonly temporality: Temporality
      /** Upper bounds, ascending; there is one bucket more than bounds. */
      readonly bounds: readonly number[]
      readonly buckets: readonly number[]
    } & Distribution)
  | ({
      readonly kind: 'exponential_histogram'
      readonly temporality: Temporality
      /** The base of the buckets is 2^(2^-scale). */
      readonly scale: number
      readonly zeroCount: number
      readonly positive: ExponentialBuckets
      readonly negative: ExponentialBuckets
    } & Distribution)
  | {
      readonly kind: 'summary'
      readonly count: number
      readonly sum: number
      readonly quantiles: readonly { readonly quantile: number; readonly value: number }[]
    }

/** What both kinds of histograms know of all values. */
export interface Distribution {
  readonly count: number
  readonly sum?: number
  readonly min?: number
  readonly max?: number
}

/** Buckets of an exponential histogram: the first is that of `offset`. */
export interface ExponentialBuckets {
  readonly offset: number
  readonly counts: readonly number[]
}

/** One point of one series of a metric. */
export interface MetricPoint {
  readonly resource: Resource
  readonly scope: Scope
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly attributes: Attributes
  /** Nanoseconds since the epoch; 0 where nothing was said. */
  readonly start: bigint
  /** Nanoseconds since the epoch. */
  readonly time: bigint
  readonly point: PointValue
}

/** A body that is no OTLP. The message says where it stops being any. */
export class MalformedOtlpError extends Error {
  override readonly name = 'MalformedOtlpError'
}

/** Most levels of arrays and maps in one value. Deeper ones are refused, so that none can exhaust the stack. */
export const MAX_DEPTH = 32
