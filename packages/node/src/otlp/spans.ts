import { TraceFlags } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { sdkModules } from '../sdk-modules.ts'
import { Batch, type BatchLimits } from './batch.ts'
import type { Outlet } from './outlet.ts'
import type { OtlpSender, Request } from './sender.ts'

/** Sends the sampled spans of a TracerProvider to the Collector. */
export class OtlpSpans implements SpanProcessor, Outlet {
  readonly sender: OtlpSender
  readonly #batch: Batch<ReadableSpan>

  constructor(sender: OtlpSender, limits: BatchLimits, json: boolean) {
    this.sender = sender
    this.#batch = new Batch(sender, (spans) => serializer(json).serializeRequest(spans), limits)
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (span.spanContext().traceFlags & TraceFlags.SAMPLED) this.#batch.add(span)
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

function serializer(json: boolean): typeof import('@opentelemetry/otlp-transformer').ProtobufTraceSerializer {
  const { JsonTraceSerializer, ProtobufTraceSerializer } = sdkModules.otlpTransformer()
  return json ? JsonTraceSerializer : ProtobufTraceSerializer
}
