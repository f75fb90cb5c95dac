import { type MeterProvider, ValueType } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { CollectionResult, HistogramMetricData, MetricProducer, ScopeMetrics } from '@opentelemetry/sdk-metrics'
import { claimLocalHistograms, type LocalHistogramSnapshot, METER_SCOPE } from '@tokenmeter/meter'
import { sdkModules } from './sdk-modules.ts'

type HrTime = [seconds: number, nanoseconds: number]

/** A source of metrics for the readers of an SDK that is still being built. */
export interface LocalHistogramProducer extends MetricProducer {
  /** From here on the histograms that the meter keeps for this provider are in what the producer gives. */
  claim(provider: MeterProvider): void
  /** What `collect` gives, at once. */
  collectNow(): ScopeMetrics[]
}

/** Adds the histograms that `@tokenmeter/meter` keeps itself, because their values come in bulk, to what readers collect. */
export function createLocalHistogramProducer(resource: Resource): LocalHistogramProducer {
  let readSnapshots: (() => LocalHistogramSnapshot[]) | undefined
  const collectNow = (): ScopeMetrics[] => {
    const endTime = hrTime(Date.now())
    const metrics = (readSnapshots?.() ?? [])
      .filter(({ points }) => points.length > 0)
      .map((snapshot) => metricData(snapshot, endTime))
    return metrics.length > 0 ? [{ scope: METER_SCOPE, metrics }] : []
  }
  return {
    claim(provider) {
      readSnapshots = claimLocalHistograms(provider)
    },
    collectNow,
    async collect(): Promise<CollectionResult> {
      return { resourceMetrics: { resource, scopeMetrics: collectNow() }, errors: [] }
    },
  }
}

function metricData(snapshot: LocalHistogramSnapshot, endTime: HrTime): HistogramMetricData {
  const { AggregationTemporality, DataPointType } = sdkModules.sdkMetrics()
  const { name, unit, description, boundaries } = snapshot
  const startTime = hrTime(snapshot.startTime)
  return {
    descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: snapshot.points.map(({ attributes, counts, count, sum, min, max }) => ({
      attributes,
      startTime,
      endTime,
      value: { buckets: { boundaries: [...boundaries], counts: [...counts] }, count, sum, min, max },
    })),
  }
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)]
}
