import { type Attributes, logs, metrics, trace } from '@opentelemetry/api'
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs'
import {
  DataPointType,
  type MetricData,
  MeterProvider,
  MetricReader,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics'
import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { type Emitted, emittedEvent, emittedMetric, emittedSpan } from '../../semconv/emitted.ts'
import { Recorder, type RecorderOptions } from '../../src/index.ts'

/** What a histogram series says, without its buckets. */
interface Distribution {
  readonly count: number
  readonly sum: number
}

/** Value by series, written `name label=value label=value`. */
export type Points = Record<string, number | Distribution>

class ManualReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

const NOTHING_TO_FLUSH = { forceFlush: async (): Promise<void> => {}, shutdown: async (): Promise<void> => {} }

/** A real SDK with all three signals that keeps what it is given. */
export class Telemetry implements AsyncDisposable {
  readonly spans: ReadableSpan[] = []
  readonly events: ReadableLogRecord[] = []
  readonly tracerProvider: TracerProvider
  readonly meterProvider: MeterProvider
  readonly loggerProvider: LoggerProvider
  readonly #reader = new ManualReader()

  constructor({ views = [], spanProcessors = [] }: { views?: ViewOptions[]; spanProcessors?: SpanProcessor[] } = {}) {
    const keepSpan = { onStart: () => {}, onEnd: (span: ReadableSpan) => void this.spans.push(span) }
    const keepEvent = { onEmit: (event: ReadableLogRecord) => void this.events.push(event) }
    this.tracerProvider = new TracerProvider({
      spanProcessors: [{ ...keepSpan, ...NOTHING_TO_FLUSH }, ...spanProcessors],
    })
    this.meterProvider = new MeterProvider({ readers: [this.#reader], views })
    this.loggerProvider = new LoggerProvider({ processors: [{ ...keepEvent, ...NOTHING_TO_FLUSH }] })
  }

  recorder(options: Partial<RecorderOptions> = {}): Recorder {
    return this.attach(new Recorder({ scope: { name: 'test', version: '1.2.3' }, ...options }))
  }

  attach(recorder: Recorder): Recorder {
    recorder.setTracerProvider(this.tracerProvider)
    recorder.setMeterProvider(this.meterProvider)
    recorder.setLoggerProvider(this.loggerProvider)
    return recorder
  }

  async metrics(): Promise<MetricData[]> {
    const { resourceMetrics, errors } = await this.#reader.collect()
    if (errors.length > 0) throw new AggregateError(errors, 'collecting metrics failed')
    return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  }

  /** Everything so far, in the shape that is checked against the registry of the conventions. */
  async emitted(): Promise<Emitted> {
    return {
      spans: this.spans.map(emittedSpan),
      metrics: (await this.metrics()).map(emittedMetric),
      events: this.events.map(emittedEvent),
    }
  }

  /** Every point of the metrics whose name starts with `prefix`. */
  async points(prefix = ''): Promise<Points> {
    const points: Points = {}
    for (const metric of await this.metrics()) {
      if (!metric.descriptor.name.startsWith(prefix)) continue
      for (const { attributes, value } of metric.dataPoints) {
        const key = seriesName(metric.descriptor.name, attributes)
        if (key in points) throw new Error(`series reported twice: ${key}`)
        points[key] = typeof value === 'number' ? value : { count: value.count, sum: value.sum ?? Number.NaN }
      }
    }
    return points
  }

  async histogram(name: string): Promise<HistogramPoint[]> {
    const metric = (await this.metrics()).find(({ descriptor }) => descriptor.name === name)
    if (metric?.dataPointType !== DataPointType.HISTOGRAM) return []
    return metric.dataPoints.map(({ attributes, value }) => ({ ...value, attributes }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.tracerProvider.shutdown(), this.meterProvider.shutdown(), this.loggerProvider.shutdown()])
    forgetGlobals()
  }
}

interface HistogramPoint {
  readonly attributes: Attributes
  readonly buckets: { readonly boundaries: number[]; readonly counts: number[] }
  readonly count: number
  readonly sum?: number
  readonly min?: number
  readonly max?: number
}

/** Undoes what a test did to the process: OpenTelemetry's globals, and the instruments that wait for a provider. */
export function forgetGlobals(): void {
  metrics.disable()
  trace.disable()
  logs.disable()
  delete (globalThis as Record<symbol, unknown>)[Symbol.for('tokenmeter.instrument-sets')]
}

/** `name label=value label=value`, labels in alphabetical order. */
export function seriesName(name: string, attributes: Attributes): string {
  const labels = Object.entries(attributes).map(([label, value]) => `${label}=${String(value)}`)
  return [name, ...labels.toSorted()].join(' ')
}
