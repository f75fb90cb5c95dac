import { trace } from '@opentelemetry/api'
import { claimSpanAttributes } from '@tokenmeter/meter'
import type { Resource } from '@opentelemetry/resources'
import type { SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Environment } from './environment.ts'
import type { ExporterName } from './exporter-choice.ts'
import type { ScrubbingNet } from './net/net.ts'
import { ScrubbingSpanProcessor } from './net/spans.ts'
import { batchLimits } from './otlp/batch-limits.ts'
import type { DeliveryReport } from './otlp/delivery-report.ts'
import { OtlpSender } from './otlp/sender.ts'
import { OtlpSpans } from './otlp/spans.ts'
import { otlpProtocol, otlpTarget } from './otlp/target.ts'
import type { PreparedSignal } from './signal.ts'
import { createSampler, spanLimits } from './sampling.ts'
import { sdkModules } from './sdk-modules.ts'

/** A TracerProvider with the exporters of `OTEL_TRACES_EXPORTER`; without any, its spans have ids and nothing else. */
export function prepareTraces(
  exporters: readonly ExporterName[],
  resource: Resource,
  environment: Environment,
  report: DeliveryReport,
  net: ScrubbingNet | undefined,
): PreparedSignal {
  const exporting = exporters.map((name) => spanProcessor(name, environment, report))
  const spanProcessors = exporting.map((inner) => (net ? new ScrubbingSpanProcessor(inner, net) : inner))
  const sampler = exporters.length > 0 ? createSampler(environment) : new (sdkModules.sdkTrace().AlwaysOffSampler)()
  const limits = spanLimits(environment)
  const options = { resource, spanProcessors, sampler, spanLimits: limits }
  const outlets = exporting.filter((processor) => processor instanceof OtlpSpans)
  const others = exporting.filter((processor) => !(processor instanceof OtlpSpans))
  return {
    outlets,
    sdkFlushes: others.map((processor) => () => processor.forceFlush()),
    start: () => {
      const provider = new (sdkModules.sdkTrace().TracerProvider)(options)
      trace.setGlobalTracerProvider(provider)
      if (!limitsAttributes(limits)) claimSpanAttributes(resource)
      return {
        shutdown: () => {
          trace.disable()
          return provider.shutdown()
        },
      }
    },
  }
}

const limitsAttributes = ({ attributeCountLimit, attributeValueLengthLimit }: SpanLimits): boolean =>
  attributeCountLimit !== undefined || attributeValueLengthLimit !== undefined

function spanProcessor(name: ExporterName, environment: Environment, report: DeliveryReport): SpanProcessor {
  const { BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor } = sdkModules.sdkTrace()
  if (name === 'console') return new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })
  const protocol = otlpProtocol('traces', environment)
  const limits = batchLimits('OTEL_BSP', environment)
  if (protocol === 'grpc') {
    const exporter = new (sdkModules.grpcTraces().OTLPTraceExporter)()
    const { maxQueueSize, maxBatchSize, delayMs } = limits
    return new BatchSpanProcessor({
      exporter,
      maxQueueSize,
      maxExportBatchSize: maxBatchSize,
      scheduledDelayMillis: delayMs,
    })
  }
  const sender = new OtlpSender('traces', otlpTarget('traces', protocol, environment), report)
  return new OtlpSpans(sender, limits, protocol === 'http/json')
}
