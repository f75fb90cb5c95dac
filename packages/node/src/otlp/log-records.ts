import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { sdkModules } from '../sdk-modules.ts'
import { Batch, type BatchLimits } from './batch.ts'
import type { Outlet } from './outlet.ts'
import type { OtlpSender, Request } from './sender.ts'

/** Sends the log records of a LoggerProvider to the Collector. */
export class OtlpLogRecords implements LogRecordProcessor, Outlet {
  readonly sender: OtlpSender
  readonly #batch: Batch<ReadableLogRecord>

  constructor(sender: OtlpSender, limits: BatchLimits, json: boolean) {
    this.sender = sender
    this.#batch = new Batch(sender, (records) => serializer(json).serializeRequest(records), limits)
  }

  onEmit(record: ReadableLogRecord): void {
    this.#batch.add(record)
  }

  hasPending(): boolean {
    return !this.#batch.isEmpty
  }

  flush(): Promise<void> {
    return this.#batch.flush()
  }

  takeAll(): Request[] {
    return this.#batch.takeAll()
  }

  forceFlush(): Promise<void> {
    return this.flush()
  }

  shutdown(): Promise<void> {
    return this.flush()
  }
}

function serializer(json: boolean): typeof import('@opentelemetry/otlp-transformer').ProtobufLogsSerializer {
  const { JsonLogsSerializer, ProtobufLogsSerializer } = sdkModules.otlpTransformer()
  return json ? JsonLogsSerializer : ProtobufLogsSerializer
}
