import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import type {
  CollectionResult,
  InstrumentType,
  MetricData,
  MetricDescriptor,
  MetricProducer,
} from '@opentelemetry/sdk-metrics'
import { MAX_SERIES } from './max-series.ts'
import { scrubMetrics } from './net/metrics.ts'
import type { ScrubbingNet } from './net/net.ts'
import { type MetricKind, prometheusName } from './prometheus-name.ts'
import { sdkModules } from './sdk-modules.ts'

/**
 * OpenTelemetry's Prometheus exporter with the names that the same metrics have after OTLP: it leaves out the unit, and adds
 * labels for the instrumentation scope. It has no server of its own; `/metrics` is served by `MetricsEndpoint`.
 *
 * @param net takes out of labels what is personal or secret.
 */
export function createMetricsReader(
  metricProducers: readonly MetricProducer[],
  net?: ScrubbingNet,
): PrometheusExporter {
  const { PrometheusExporter } = sdkModules.exporterPrometheus()
  const names = new WeakMap<MetricDescriptor, MetricDescriptor>()

  class MetricsReader extends PrometheusExporter {
    override selectCardinalityLimit(type: InstrumentType): number {
      const isOurs = type === sdkModules.sdkMetrics().InstrumentType.OBSERVABLE_COUNTER
      return isOurs ? MAX_SERIES : super.selectCardinalityLimit(type)
    }

    override async collect(...options: Parameters<PrometheusExporter['collect']>): Promise<CollectionResult> {
      const { resourceMetrics: collected, errors } = await super.collect(...options)
      const resourceMetrics = net ? scrubMetrics(collected, net) : collected
      const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
        scope,
        metrics: metrics.map((metric) => ({ ...metric, descriptor: renamed(metric, names) })),
      }))
      return { resourceMetrics: { ...resourceMetrics, scopeMetrics }, errors }
    }
  }
  return new MetricsReader({
    preventServerStart: true,
    withoutScopeInfo: true,
    metricProducers: [...metricProducers],
  })
}

function renamed(metric: MetricData, names: WeakMap<MetricDescriptor, MetricDescriptor>): MetricDescriptor {
  let descriptor = names.get(metric.descriptor)
  if (!descriptor) {
    const { name, unit } = metric.descriptor
    descriptor = { ...metric.descriptor, name: prometheusName(name, unit, kindOf(metric)) }
    names.set(metric.descriptor, descriptor)
  }
  return descriptor
}

function kindOf(metric: MetricData): MetricKind {
  const { DataPointType } = sdkModules.sdkMetrics()
  if (metric.dataPointType === DataPointType.GAUGE) return 'gauge'
  return metric.dataPointType === DataPointType.SUM && metric.isMonotonic ? 'counter' : 'other'
}
