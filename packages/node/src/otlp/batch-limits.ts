import type { Environment } from '../environment.ts'
import type { BatchLimits } from './batch.ts'

/** The variables of OpenTelemetry's batch processors: `OTEL_BSP_*` for spans, `OTEL_BLRP_*` for log records. */
export function batchLimits(prefix: 'OTEL_BSP' | 'OTEL_BLRP', environment: Environment): BatchLimits {
  const maxQueueSize = environment.number([`${prefix}_MAX_QUEUE_SIZE`], 1) ?? 2048
  return {
    maxQueueSize,
    maxBatchSize: Math.min(environment.number([`${prefix}_MAX_EXPORT_BATCH_SIZE`], 1) ?? 512, maxQueueSize),
    delayMs: environment.number([`${prefix}_SCHEDULE_DELAY`], 0) ?? (prefix === 'OTEL_BSP' ? 5000 : 1000),
  }
}
