/* oxlint-disable no-underscore-dangle -- These are the SDK's names. */
import type { HrTime } from '@opentelemetry/api'
import type { MetricData, MetricReader, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics'

/** The parts of @opentelemetry/sdk-metrics 3.1.0 that hold what has been measured. */
interface Collector {
  readonly _sharedState: {
    readonly resource: ResourceMetrics['resource']
    readonly meterSharedStates: ReadonlyMap<string, MeterState>
  }
}

interface MeterState {
  readonly observableRegistry: Registry
  readonly metricStorageRegistry: { getStorages(collector: Collector): readonly Storage[] }
  readonly _instrumentationScope: ScopeMetrics['scope']
}

interface Registry {
  readonly _callbacks: readonly { readonly callback: Observe; readonly instrument: Observable }[]
  readonly _batchCallbacks: readonly { readonly callback: Observe; readonly instruments: ReadonlySet<Observable> }[]
  _observeCallbacks(time: HrTime): unknown
  _observeBatchCallbacks(time: HrTime): unknown
}

type Observe = (result: { readonly _buffer: unknown }) => unknown

interface Observable {
  readonly _metricStorages: readonly Storage[]
}

interface Storage {
  collect(collector: Collector, time: HrTime): MetricData | undefined
  record(measurements: unknown, time: HrTime): void
}

/**
 * Collects a reader's metrics at once. The SDK's own `collect` resolves later, and after `process.exit()` there is no later.
 *
 * This reaches into the SDK, whose version is pinned; should its insides ever look different, the answer is `undefined` and
 * nothing is lost but the metrics since the last export. Metric producers and callbacks that answer later are left out.
 */
export function collectNow(reader: MetricReader): ResourceMetrics | undefined {
  const collector = (reader as unknown as { readonly _sdkMetricProducer?: Collector })._sdkMetricProducer
  const time = now()
  try {
    const state = collector?._sharedState
    if (!collector || !state) return undefined
    const scopeMetrics = [...state.meterSharedStates.values()].map((meter) => collectMeter(meter, collector, time))
    return { resource: state.resource, scopeMetrics: scopeMetrics.filter(({ metrics }) => metrics.length > 0) }
  } catch {
    return undefined
  }
}

function collectMeter(meter: MeterState, collector: Collector, time: HrTime): ScopeMetrics {
  observe(meter.observableRegistry, time)
  const storages = meter.metricStorageRegistry.getStorages(collector)
  const metrics = storages.map((storage) => storage.collect(collector, time))
  return { scope: meter._instrumentationScope, metrics: metrics.filter((metric) => metric !== undefined) }
}

/**
 * The registry calls every callback at once but stores what they report later; on this stand-in for it, each callback
 * stores its report itself.
 */
function observe(registry: Registry, time: HrTime): void {
  const atOnce = Object.create(registry) as { -readonly [Key in keyof Registry]: Registry[Key] }
  atOnce._callbacks = registry._callbacks.map(({ callback, instrument }) => ({
    instrument,
    callback: (result) => {
      ask(callback, result)
      for (const storage of instrument._metricStorages) storage.record(result._buffer, time)
    },
  }))
  atOnce._batchCallbacks = registry._batchCallbacks.map(({ callback, instruments }) => ({
    instruments,
    callback: (result) => {
      ask(callback, result)
      const buffer = result._buffer as ReadonlyMap<Observable, unknown>
      for (const instrument of instruments) {
        const measurements = buffer.get(instrument)
        if (measurements) for (const storage of instrument._metricStorages) storage.record(measurements, time)
      }
    },
  }))
  atOnce._observeCallbacks(time)
  atOnce._observeBatchCallbacks(time)
}

/** What goes wrong in a callback stays there, as when the SDK calls it. */
function ask(callback: Observe, result: Parameters<Observe>[0]): void {
  try {
    Promise.resolve(callback(result)).catch(() => {})
  } catch {
    // Its metric has no new value then.
  }
}

function now(): HrTime {
  const milliseconds = Date.now()
  return [Math.trunc(milliseconds / 1000), (milliseconds % 1000) * 1_000_000]
}
