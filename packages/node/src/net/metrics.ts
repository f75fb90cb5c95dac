import type { Attributes } from '@opentelemetry/api'
import type {
  DataPoint,
  ExponentialHistogram,
  Histogram,
  MetricData,
  PushMetricExporter,
  ResourceMetrics,
  ScopeMetrics,
} from '@opentelemetry/sdk-metrics'
import { addHistograms } from './add-histograms.ts'
import type { ScrubbingNet } from './net.ts'
import { scrubbedResource } from './scrubbed-resource.ts'

/**
 * Metrics without what is personal or secret in the values of their labels. Series that differ in nothing else any more become one: a page with the same
 * series twice is refused by Prometheus as a whole.
 */
export function scrubMetrics(metrics: ResourceMetrics, net: ScrubbingNet): ResourceMetrics {
  return {
    resource: scrubbedResource(metrics.resource, net),
    scopeMetrics: metrics.scopeMetrics.map((scope) => scrubScope(scope, net)),
  }
}

function scrubScope(scope: ScopeMetrics, net: ScrubbingNet): ScopeMetrics {
  const { name } = scope.scope
  if (!net.covers(name)) return scope
  return { ...scope, metrics: scope.metrics.map((metric) => scrubMetric(metric, name, net)) }
}

function scrubMetric(metric: MetricData, scopeName: string, net: ScrubbingNet): MetricData {
  const points: DataPoint<Value>[] = []
  let isChanged = false
  for (const point of metric.dataPoints as DataPoint<Value>[]) {
    const attributes = net.attributes(point.attributes, scopeName)
    isChanged ||= attributes !== point.attributes
    points.push(attributes === point.attributes ? point : { ...point, attributes })
  }
  if (!isChanged) return metric
  const isSum = 'isMonotonic' in metric
  return { ...metric, dataPoints: merged(points, isSum) } as MetricData
}

type Value = number | Histogram | ExponentialHistogram

function merged(points: readonly DataPoint<Value>[], isSum: boolean): DataPoint<Value>[] {
  const series = new Map<string, DataPoint<Value>>()
  for (const point of points) {
    const key = seriesKey(point.attributes)
    const before = series.get(key)
    series.set(key, before ? { ...point, value: together(before.value, point.value, isSum) } : point)
  }
  return [...series.values()]
}

const seriesKey = (attributes: Attributes): string =>
  JSON.stringify(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** Of gauges the last one counts, and of exponential histograms, whose scales may differ. */
function together(before: Value, value: Value, isSum: boolean): Value {
  if (typeof value === 'number') return isSum ? (before as number) + value : value
  return 'buckets' in value ? addHistograms(before as Histogram, value) : value
}

/** An exporter of metrics that gets clean ones. Aggregation and temporality are those that `inner` asks for. */
export function scrubbingMetricExporter(inner: PushMetricExporter, net: ScrubbingNet): PushMetricExporter {
  return {
    export: (metrics, done) => inner.export(scrubMetrics(metrics, net), done),
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
    ...(inner.selectAggregation && { selectAggregation: inner.selectAggregation.bind(inner) }),
    ...(inner.selectAggregationTemporality && {
      selectAggregationTemporality: inner.selectAggregationTemporality.bind(inner),
    }),
  }
}
