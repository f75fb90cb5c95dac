import type { AggregationOption, AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics'
import type { Environment } from '../environment.ts'
import { sdkModules } from '../sdk-modules.ts'

/** How metrics are to be aggregated for the Collector. */
export interface MetricPreferences {
  readonly isCumulative: boolean
  /** Whether a histogram with explicit buckets that never starts anew is what is wanted. */
  readonly isPlain: boolean
  temporality(instrument: InstrumentType): AggregationTemporality
  aggregation(instrument: InstrumentType): AggregationOption
}

/** What stays cumulative under each preference other than `cumulative` (OTLP metrics exporter specification). */
const CUMULATIVE_UNDER = {
  delta: ['UP_DOWN_COUNTER', 'OBSERVABLE_UP_DOWN_COUNTER'],
  lowmemory: ['GAUGE', 'UP_DOWN_COUNTER', 'OBSERVABLE_UP_DOWN_COUNTER', 'OBSERVABLE_COUNTER', 'OBSERVABLE_GAUGE'],
}

/** Reads `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` and `…_DEFAULT_HISTOGRAM_AGGREGATION`. */
export function metricPreferences(environment: Environment): MetricPreferences {
  const { AggregationTemporality, AggregationType } = sdkModules.sdkMetrics()
  const temporality = environment.choice(
    ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'],
    ['cumulative', 'delta', 'lowmemory'],
    'cumulative',
  )
  const histogram = environment.choice(
    ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION'],
    ['explicit_bucket_histogram', 'base2_exponential_bucket_histogram'],
    'explicit_bucket_histogram',
  )
  const exponential = histogram === 'base2_exponential_bucket_histogram'
  return {
    isCumulative: temporality === 'cumulative',
    isPlain: temporality === 'cumulative' && !exponential,
    temporality: (instrument) =>
      temporality === 'cumulative' || CUMULATIVE_UNDER[temporality].includes(instrument)
        ? AggregationTemporality.CUMULATIVE
        : AggregationTemporality.DELTA,
    aggregation: (instrument) => ({
      type: exponential && instrument === 'HISTOGRAM' ? AggregationType.EXPONENTIAL_HISTOGRAM : AggregationType.DEFAULT,
    }),
  }
}
