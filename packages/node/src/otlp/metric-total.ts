import type { DataPoint, Histogram, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'

/**
 * One number that changes when anything was counted or measured: the sum over all counters and over the counts of all
 * histograms. Gauges are left out, because they also change while nothing happens.
 */
export function metricTotal({ scopeMetrics }: ResourceMetrics): number {
  let total = 0
  for (const { metrics } of scopeMetrics) {
    for (const metric of metrics) {
      if (!isGauge(metric)) for (const point of metric.dataPoints) total += amount(point)
    }
  }
  return total
}

/** A gauge is the only kind without a sum: neither `isMonotonic` nor a count in its points. */
const isGauge = (metric: MetricData): boolean => {
  const [first] = metric.dataPoints
  return !('isMonotonic' in metric) && typeof first?.value === 'number'
}

function amount({ value }: DataPoint<unknown>): number {
  return typeof value === 'number' ? value : (value as Histogram).count
}
