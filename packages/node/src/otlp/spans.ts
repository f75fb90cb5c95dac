import { TraceFlags } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { sdkModules } from '../sdk-modules.ts'
import { Batch, type BatchLimits } from './batch.ts'
import type { OtlpSender } from './sender.ts'

/** Sends the sampled spans of a TracerProvider to the Collector. */
export class OtlpSpans extends Batch<ReadableSpan> implements SpanProcessor {
  constructor(sender: OtlpSender, limits: BatchLimits, json: boolean) {
    super(sender, (spans) => serializer(json).serializeRequest(spans), limits)
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (span.spanContext().traceFlags & TraceFlags.SAMPLED) this.add(span)
  }
}

function serializer(json: boolean): typeof import('@opentelemetry/otlp-transformer').ProtobufTraceSerializer {
  const { JsonTraceSerializer, ProtobufTraceSerializer } = sdkModules.otlpTransformer()
  return json ? JsonTraceSerializer : ProtobufTraceSerializer
}
