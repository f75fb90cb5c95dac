import { logs } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { Environment } from './environment.ts'
import type { ExporterName } from './exporter-choice.ts'
import { ScrubbingLogRecordProcessor } from './net/log-records.ts'
import type { ScrubbingNet } from './net/net.ts'
import { batchLimits } from './otlp/batch-limits.ts'
import type { DeliveryReport } from './otlp/delivery-report.ts'
import { OtlpLogRecords } from './otlp/log-records.ts'
import { OtlpSender } from './otlp/sender.ts'
import { otlpProtocol, otlpTarget } from './otlp/target.ts'
import { logRecordLimits } from './sampling.ts'
import { sdkModules } from './sdk-modules.ts'
import type { PreparedSignal } from './signal.ts'

/** A LoggerProvider with the exporters of `OTEL_LOGS_EXPORTER`. */
export function prepareLogs(
  exporters: readonly ExporterName[],
  resource: Resource,
  environment: Environment,
  report: DeliveryReport,
  net: ScrubbingNet | undefined,
): PreparedSignal {
  const exporting = exporters.map((name) => logRecordProcessor(name, environment, report))
  const processors = exporting.map((inner) => (net ? new ScrubbingLogRecordProcessor(inner, net) : inner))
  const limits = logRecordLimits(environment)
  const outlets = exporting.filter((processor) => processor instanceof OtlpLogRecords)
  const others = exporting.filter((processor) => !(processor instanceof OtlpLogRecords))
  return {
    outlets,
    sdkFlushes: others.map((processor) => () => processor.forceFlush()),
    start: () => {
      const provider = new (sdkModules.sdkLogs().LoggerProvider)({ resource, processors, logRecordLimits: limits })
      logs.setGlobalLoggerProvider(provider)
      return {
        shutdown: () => {
          logs.disable()
          return provider.shutdown()
        },
      }
    },
  }
}

function logRecordProcessor(name: ExporterName, environment: Environment, report: DeliveryReport): LogRecordProcessor {
  const { BatchLogRecordProcessor, ConsoleLogRecordExporter, SimpleLogRecordProcessor } = sdkModules.sdkLogs()
  if (name === 'console') return new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() })
  const protocol = otlpProtocol('logs', environment)
  const limits = batchLimits('OTEL_BLRP', environment)
  if (protocol === 'grpc') {
    const exporter = new (sdkModules.grpcLogs().OTLPLogExporter)()
    const { maxQueueSize, maxBatchSize, delayMs } = limits
    return new BatchLogRecordProcessor({
      exporter,
      maxQueueSize,
      maxExportBatchSize: maxBatchSize,
      scheduledDelayMillis: delayMs,
    })
  }
  const sender = new OtlpSender('logs', otlpTarget('logs', protocol, environment), report)
  return new OtlpLogRecords(sender, limits, protocol === 'http/json')
}
