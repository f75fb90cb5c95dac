import { metrics } from '@opentelemetry/api'
import { boundLabels } from '@tokenmeter/meter'
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import type { Resource } from '@opentelemetry/resources'
import type { MetricProducer, MetricReader, PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { Environment } from './environment.ts'
import type { ExporterName } from './exporter-choice.ts'
import { MetricsEndpoint } from './metrics-endpoint.ts'
import { createLocalHistogramProducer, type LocalHistogramProducer } from './local-histograms.ts'
import { createMetricsReader } from './metrics-reader.ts'
import { scrubbingMetricExporter } from './net/metrics.ts'
import type { ScrubbingNet } from './net/net.ts'
import type { DeliveryReport } from './otlp/delivery-report.ts'
import { type MetricPreferences, metricPreferences } from './otlp/metric-preferences.ts'
import { OtlpMetrics } from './otlp/metrics.ts'
import { OtlpSender } from './otlp/sender.ts'
import { otlpProtocol, otlpTarget } from './otlp/target.ts'
import { sdkModules } from './sdk-modules.ts'
import { MAX_SERIES } from './max-series.ts'
import type { Settings } from './settings.ts'
import type { PreparedSignal } from './signal.ts'

/** A MeterProvider with the exporters of `OTEL_METRICS_EXPORTER`. */
export function prepareMetrics(
  exporters: readonly ExporterName[],
  settings: Settings,
  resource: Resource,
  environment: Environment,
  report: DeliveryReport,
  net: ScrubbingNet | undefined,
): PreparedSignal {
  const preferences = metricPreferences(environment)
  const local = preferences.isPlain ? createLocalHistogramProducer(resource) : undefined
  const producers = [...settings.metricProducers, ...(local ? [local] : [])]
  const pull = exporters.includes('prometheus') ? createMetricsReader(producers, net) : undefined
  const pushExporters = exporters
    .filter((name) => name !== 'prometheus')
    .map((name) => pushExporter(name, preferences, environment, report, local, net))
  const pushReaders = pushExporters.map((exporter) => pushReader(exporter, producers, environment))
  return {
    outlets: pushExporters.filter((exporter) => exporter instanceof OtlpMetrics),
    sdkFlushes: pushReaders
      .filter((_, index) => !(pushExporters[index] instanceof OtlpMetrics))
      .map((reader) => () => reader.forceFlush()),
    start: () => {
      const readers = [...(pull ? [pull] : []), ...pushReaders]
      const provider = new (sdkModules.sdkMetrics().MeterProvider)({ resource, readers })
      metrics.setGlobalMeterProvider(provider)
      boundLabels(provider, { maxLabelValues: settings.maxLabelValues, maxSeries: MAX_SERIES })
      local?.claim(provider)
      return {
        ...(pull && { endpoint: serve(pull, settings, resource) }),
        shutdown: () => {
          metrics.disable()
          return provider.shutdown()
        },
      }
    },
  }
}

function pushExporter(
  name: ExporterName,
  preferences: MetricPreferences,
  environment: Environment,
  report: DeliveryReport,
  local: LocalHistogramProducer | undefined,
  net: ScrubbingNet | undefined,
): PushMetricExporter {
  const clean = (exporter: PushMetricExporter): PushMetricExporter =>
    net ? scrubbingMetricExporter(exporter, net) : exporter
  if (name === 'console') return clean(new (sdkModules.sdkMetrics().ConsoleMetricExporter)())
  const protocol = otlpProtocol('metrics', environment)
  if (protocol === 'grpc') return clean(new (sdkModules.grpcMetrics().OTLPMetricExporter)())
  const sender = new OtlpSender('metrics', otlpTarget('metrics', protocol, environment), report)
  return new OtlpMetrics(sender, preferences, protocol === 'http/json', local, net)
}

function pushReader(
  exporter: PushMetricExporter,
  metricProducers: MetricProducer[],
  environment: Environment,
): MetricReader {
  const intervalMs = environment.number(['OTEL_METRIC_EXPORT_INTERVAL'], 1) ?? 60_000
  const timeoutMs = environment.number(['OTEL_METRIC_EXPORT_TIMEOUT'], 1) ?? 30_000
  const reader = new (sdkModules.sdkMetrics().PeriodicExportingMetricReader)({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: Math.min(timeoutMs, intervalMs),
    metricProducers,
    cardinalityLimits: { observableCounter: MAX_SERIES },
  })
  if (exporter instanceof OtlpMetrics) exporter.attach(reader)
  return reader
}

function serve(reader: PrometheusExporter, settings: Settings, resource: Resource): MetricsEndpoint {
  return new MetricsEndpoint(reader, {
    host: settings.metricsHost,
    port: settings.metricsPort,
    serviceName: String(resource.attributes['service.name']),
  })
}
