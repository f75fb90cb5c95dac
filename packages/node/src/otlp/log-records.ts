import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { sdkModules } from '../sdk-modules.ts'
import { Batch, type BatchLimits } from './batch.ts'
import type { OtlpSender } from './sender.ts'

/** Sends the log records of a LoggerProvider to the Collector. */
export class OtlpLogRecords extends Batch<ReadableLogRecord> implements LogRecordProcessor {
  constructor(sender: OtlpSender, limits: BatchLimits, json: boolean) {
    super(sender, (records) => serializer(json).serializeRequest(records), limits)
  }

  onEmit(record: ReadableLogRecord): void {
    this.add(record)
  }
}

function serializer(json: boolean): typeof import('@opentelemetry/otlp-transformer').ProtobufLogsSerializer {
  const { JsonLogsSerializer, ProtobufLogsSerializer } = sdkModules.otlpTransformer()
  return json ? JsonLogsSerializer : ProtobufLogsSerializer
}
