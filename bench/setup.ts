import { type Attributes, context, type Meter, SpanKind, type Tracer } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { defaultResource } from '@opentelemetry/resources'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'

/**
 * Whether and by whom calls are measured: not at all, by the least that OpenTelemetry asks for, by Tokenmeter with an exporter that
 * throws everything away, or by Tokenmeter as a service runs it, which sends everything to a Collector.
 */
export type Variant = 'bare' | 'floor' | 'tokenmeter' | 'exporting'

class IdleReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const discard: SpanExporter = {
  export: (_spans, done) => done({ code: 0 }),
  shutdown: async () => {},
}

/** Where spans and metrics go. */
export interface Sdk {
  readonly tracerProvider: TracerProvider
  readonly meterProvider: MeterProvider
}

/** The SDK as a service would run it, with an exporter that throws everything away. */
function createSdk(resource = defaultResource()): Sdk {
  return {
    tracerProvider: new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter: discard })] }),
    meterProvider: new MeterProvider({ readers: [new IdleReader()] }),
  }
}

/**
 * What must be paid with OpenTelemetry whoever does it: one span with the attributes of a call, and as many metric records.
 */
export interface Floor {
  record(metricRecords: number): void
}

export function createFloor(): Floor {
  const { tracerProvider, meterProvider } = createSdk()
  const tracer: Tracer = tracerProvider.getTracer('floor')
  const meter: Meter = meterProvider.getMeter('floor')
  const counters = Array.from({ length: 8 }, (_, index) => meter.createCounter(`counter${index}`))
  const histograms = Array.from({ length: 8 }, (_, index) => meter.createHistogram(`histogram${index}`))
  const labels: Attributes = { model: 'gpt-4o-mini', operation: 'chat_completion', status: 'success' }
  const attributes: Attributes = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`start.${index}`, 'value']),
  )
  const results: Attributes = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`end.${index}`, index]))
  return {
    record(metricRecords) {
      const span = tracer.startSpan('chat gpt-4o-mini', { kind: SpanKind.CLIENT, attributes })
      span.setAttributes(results)
      span.end()
      for (let index = 0; index < metricRecords; index++) {
        if (index % 2 === 0) counters[index % 8]?.add(1, labels)
        else histograms[index % 8]?.record(index, labels)
      }
    },
  }
}

/** Starts Tokenmeter with every signal on. To be awaited before openai is imported. */
export async function startTokenmeter(): Promise<Sdk> {
  const { installLoadHook, watchOpenAI } = await import('@tokenmeter/instrumentation-openai/watch')
  const { claimLocalHistograms, claimSpanAttributes } = await import('@tokenmeter/meter')
  const resource = defaultResource()
  const sdk = createSdk(resource)
  // As `register` does.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  claimSpanAttributes(resource)
  claimLocalHistograms(sdk.meterProvider)
  installLoadHook()
  watchOpenAI(sdk)
  return sdk
}

/** Starts Tokenmeter as a service does; the Collector's address is in the environment. */
export async function startExporting(): Promise<void> {
  const { register } = await import('@tokenmeter/node')
  register({ metricsPort: 0 })
}
