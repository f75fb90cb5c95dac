import {
  attributesOf,
  bigintOf,
  type Json,
  listOf,
  numberOf,
  objectOf,
  optionalNumber,
  readJsonRequest,
  textOf,
} from './json-values.ts'
import { TEMPORALITIES } from './protobuf-metrics.ts'
import type { Distribution, ExponentialBuckets, MetricPoint, PointValue, Temporality } from './telemetry.ts'
import { exact } from './wire-reader.ts'

/**
 * Reads the points of an `ExportMetricsServiceRequest` in JSON. Exemplars are passed over.
 *
 * @throws MalformedOtlpError naming the field that is wrong.
 */
export function readJsonMetrics(body: Uint8Array): MetricPoint[] {
  const names = ['resourceMetrics', 'scopeMetrics', 'metrics'] as const
  return readJsonRequest<MetricPoint>(body, names, (metric, resource, scope, points) => {
    const about = {
      resource,
      scope,
      name: textOf(metric['name'], 'name of a metric'),
      unit: textOf(metric['unit'], 'unit'),
      description: textOf(metric['description'], 'description'),
    }
    for (const [field, valueOfPoint] of Object.entries(VALUES)) {
      if (metric[field] === undefined) continue
      const data = objectOf(metric[field], field)
      for (const entry of listOf(data['dataPoints'], `${field}.dataPoints`)) {
        const point = objectOf(entry, `a member of ${field}.dataPoints`)
        points.push({
          ...about,
          attributes: attributesOf(point['attributes']),
          start: bigintOf(point['startTimeUnixNano'], 'startTimeUnixNano'),
          time: bigintOf(point['timeUnixNano'], 'timeUnixNano'),
          point: valueOfPoint(point, data),
        })
      }
    }
  })
}

const VALUES: Readonly<Record<string, (point: Json, data: Json) => PointValue>> = {
  gauge: (point) => ({ kind: 'gauge', value: numberPoint(point) }),
  sum: (point, data) => ({
    kind: 'sum',
    value: numberPoint(point),
    temporality: temporalityOf(data),
    isMonotonic: data['isMonotonic'] === true,
  }),
  histogram: (point, data) => ({
    kind: 'histogram',
    temporality: temporalityOf(data),
    bounds: numbersOf(point['explicitBounds'], 'explicitBounds'),
    buckets: numbersOf(point['bucketCounts'], 'bucketCounts'),
    ...distributionOf(point),
  }),
  exponentialHistogram: (point, data) => ({
    kind: 'exponential_histogram',
    temporality: temporalityOf(data),
    scale: numberOf(point['scale'], 'scale'),
    zeroCount: numberOf(point['zeroCount'], 'zeroCount'),
    positive: bucketsOf(objectOf(point['positive'], 'positive')),
    negative: bucketsOf(objectOf(point['negative'], 'negative')),
    ...distributionOf(point),
  }),
  summary: (point) => ({
    kind: 'summary',
    count: numberOf(point['count'], 'count'),
    sum: numberOf(point['sum'], 'sum'),
    quantiles: listOf(point['quantileValues'], 'quantileValues').map((entry) => {
      const { quantile, value } = objectOf(entry, 'a member of quantileValues')
      return { quantile: numberOf(quantile, 'quantile'), value: numberOf(value, 'value of a quantile') }
    }),
  }),
}

function numberPoint({ asInt, asDouble }: Json): number | bigint {
  return asInt === undefined ? numberOf(asDouble, 'asDouble') : exact(bigintOf(asInt, 'asInt'))
}

function temporalityOf({ aggregationTemporality }: Json): Temporality {
  return TEMPORALITIES[numberOf(aggregationTemporality, 'aggregationTemporality')] ?? 'unspecified'
}

function distributionOf(point: Json): Distribution {
  const sum = optionalNumber(point['sum'], 'sum')
  const min = optionalNumber(point['min'], 'min')
  const max = optionalNumber(point['max'], 'max')
  return {
    count: numberOf(point['count'], 'count'),
    ...(sum !== undefined && { sum }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  }
}

function bucketsOf({ offset, bucketCounts }: Json): ExponentialBuckets {
  return { offset: numberOf(offset, 'offset'), counts: numbersOf(bucketCounts, 'bucketCounts') }
}

function numbersOf(value: unknown, what: string): number[] {
  return listOf(value, what).map((entry) => numberOf(entry, what))
}
