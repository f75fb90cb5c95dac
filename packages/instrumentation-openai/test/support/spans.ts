import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

/** A tracer provider that keeps its spans. */
export interface Spans {
  readonly provider: TracerProvider
  /** Those that have ended. */
  readonly ended: () => readonly ReadableSpan[]
}

/** Without a context manager no span is ever active; one a process is enough. */
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

export function spans(): Spans {
  const exporter = new InMemorySpanExporter()
  return {
    provider: new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
    ended: () => exporter.getFinishedSpans(),
  }
}
