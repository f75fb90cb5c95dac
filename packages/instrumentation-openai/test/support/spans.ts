import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'

/** A tracer provider that keeps its spans. */
export interface Spans {
  readonly provider: TracerProvider
  /** Those that have ended. */
  readonly ended: () => readonly ReadableSpan[]
  /** `parent > name` of each span, in the order in which they began. */
  readonly tree: () => string[]
}

/** Without a context manager no span is ever active; one a process is enough. */
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

export function spans(): Spans {
  const exporter = new InMemorySpanExporter()
  const begun: ReadableSpan[] = []
  const nameOf = (id: string | undefined): string => begun.find((span) => span.spanContext().spanId === id)?.name ?? '-'
  const notice: SpanProcessor = {
    onStart: (span) => void begun.push(span),
    onEnd() {},
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  return {
    provider: new TracerProvider({ spanProcessors: [notice, new SimpleSpanProcessor({ exporter })] }),
    ended: () => exporter.getFinishedSpans(),
    tree: () => begun.map(({ name, parentSpanContext }) => `${nameOf(parentSpanContext?.spanId)} > ${name}`),
  }
}
