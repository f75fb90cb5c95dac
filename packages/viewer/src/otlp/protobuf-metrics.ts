import { type Filling, noAttributes, readAttribute, readRequest } from './protobuf-values.ts'
import type {
  Attributes,
  Distribution,
  ExponentialBuckets,
  MetricPoint,
  PointValue,
  Resource,
  Scope,
  Temporality,
} from './telemetry.ts'
import { WireReader } from './wire-reader.ts'

/** `AggregationTemporality` of the protocol. */
export const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative']

/**
 * Reads the points of an `ExportMetricsServiceRequest` (opentelemetry/proto/metrics/v1/metrics.proto). Exemplars are passed over.
 *
 * @throws MalformedOtlpError when the bytes are none.
 */
export function readMetrics(body: Uint8Array): MetricPoint[] {
  return [...readRequest(new WireReader(body), readMetric)].flat()
}

/** What a kind of metric says beside its points. */
interface Aggregation {
  readonly temporality: Temporality
  readonly isMonotonic: boolean
}

interface Point {
  readonly attributes: Attributes
  readonly start: bigint
  readonly time: bigint
  readonly point: PointValue
}

type ReadPoint = (reader: WireReader, aggregation: Aggregation) => Point

/** By the field of `Metric` that holds the points. */
const READERS: Readonly<Record<number, ReadPoint>> = {
  5: (reader) => readNumberPoint(reader, (value) => ({ kind: 'gauge', value })),
  7: (reader, aggregation) => readNumberPoint(reader, (value) => ({ kind: 'sum', value, ...aggregation })),
  9: readHistogramPoint,
  10: readExponentialPoint,
  11: readSummaryPoint,
}

function readMetric(reader: WireReader, resource: Resource, scope: Scope): readonly MetricPoint[] {
  let name = ''
  let description = ''
  let unit = ''
  const found: Point[] = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    const readPoint = READERS[field]
    if (readPoint) reader.message((data) => readData(data, readPoint, found))
    else if (field === 1) name = reader.text()
    else if (field === 2) description = reader.text()
    else if (field === 3) unit = reader.text()
    else reader.skip()
  }
  return found.map((point) => ({ resource, scope, name, unit, description, ...point }))
}

function readData(reader: WireReader, readPoint: ReadPoint, points: Point[]): void {
  const aggregation: Aggregation = {
    temporality: TEMPORALITIES[reader.peekNumber(2)] ?? 'unspecified',
    isMonotonic: reader.peekNumber(3) !== 0,
  }
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) points.push(reader.message((inner) => readPoint(inner, aggregation)))
    else reader.skip()
  }
}

function readNumberPoint(reader: WireReader, valueOf: (value: number | bigint) => PointValue): Point {
  const attributes = noAttributes()
  let start = 0n
  let time = 0n
  let value: number | bigint = 0
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) start = reader.fixed64()
    else if (field === 3) time = reader.fixed64()
    else if (field === 4) value = reader.double()
    else if (field === 6) value = reader.sfixed64()
    else if (field === 7) readAttribute(reader, attributes)
    else reader.skip()
  }
  return { attributes, start, time, point: valueOf(value) }
}

/** What all kinds of histograms have, as it is filled. */
interface Filled {
  readonly attributes: Filling
  start: bigint
  time: bigint
  count: number
  sum?: number
  min?: number
  max?: number
}

const empty = (): Filled => ({ attributes: noAttributes(), start: 0n, time: 0n, count: 0 })

function distributionOf({ count, sum, min, max }: Filled): Distribution {
  return {
    count,
    ...(sum !== undefined && { sum }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  }
}

function readHistogramPoint(reader: WireReader, { temporality }: Aggregation): Point {
  const filled = empty()
  const bounds: number[] = []
  const buckets: number[] = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) filled.start = reader.fixed64()
    else if (field === 3) filled.time = reader.fixed64()
    else if (field === 4) filled.count = Number(reader.fixed64())
    else if (field === 5) filled.sum = reader.double()
    else if (field === 6) reader.repeated(buckets, 'fixed64')
    else if (field === 7) reader.repeated(bounds, 'double')
    else if (field === 9) readAttribute(reader, filled.attributes)
    else if (field === 11) filled.min = reader.double()
    else if (field === 12) filled.max = reader.double()
    else reader.skip()
  }
  const { attributes, start, time } = filled
  const point: PointValue = { kind: 'histogram', temporality, bounds, buckets, ...distributionOf(filled) }
  return { attributes, start, time, point }
}

const NO_BUCKETS: ExponentialBuckets = { offset: 0, counts: [] }

function readExponentialPoint(reader: WireReader, { temporality }: Aggregation): Point {
  const filled = empty()
  let scale = 0
  let zeroCount = 0
  let positive = NO_BUCKETS
  let negative = NO_BUCKETS
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) readAttribute(reader, filled.attributes)
    else if (field === 2) filled.start = reader.fixed64()
    else if (field === 3) filled.time = reader.fixed64()
    else if (field === 4) filled.count = Number(reader.fixed64())
    else if (field === 5) filled.sum = reader.double()
    else if (field === 6) scale = reader.zigzag()
    else if (field === 7) zeroCount = Number(reader.fixed64())
    else if (field === 8) positive = reader.message(readExponentialBuckets)
    else if (field === 9) negative = reader.message(readExponentialBuckets)
    else if (field === 12) filled.min = reader.double()
    else if (field === 13) filled.max = reader.double()
    else reader.skip()
  }
  const { attributes, start, time } = filled
  const buckets = { scale, zeroCount, positive, negative }
  const point: PointValue = { kind: 'exponential_histogram', temporality, ...buckets, ...distributionOf(filled) }
  return { attributes, start, time, point }
}

function readExponentialBuckets(reader: WireReader): ExponentialBuckets {
  const counts: number[] = []
  let offset = 0
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) offset = reader.zigzag()
    else if (field === 2) reader.repeated(counts, 'varint')
    else reader.skip()
  }
  return { offset, counts }
}

function readSummaryPoint(reader: WireReader): Point {
  const filled = empty()
  const quantiles: { quantile: number; value: number }[] = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) filled.start = reader.fixed64()
    else if (field === 3) filled.time = reader.fixed64()
    else if (field === 4) filled.count = Number(reader.fixed64())
    else if (field === 5) filled.sum = reader.double()
    else if (field === 6) quantiles.push(reader.message(readQuantile))
    else if (field === 7) readAttribute(reader, filled.attributes)
    else reader.skip()
  }
  const { attributes, start, time, count, sum = 0 } = filled
  return { attributes, start, time, point: { kind: 'summary', count, sum, quantiles } }
}

function readQuantile(reader: WireReader): { quantile: number; value: number } {
  let quantile = 0
  let value = 0
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) quantile = reader.double()
    else if (field === 2) value = reader.double()
    else reader.skip()
  }
  return { quantile, value }
}
