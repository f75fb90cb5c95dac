import type { MetricsEndpoint } from './metrics-endpoint.ts'
import type { SdkFlush } from './otlp/last-flush.ts'
import type { Outlet } from './otlp/outlet.ts'

/** One signal, or all of them, put together as configured: everything is read and checked, and nothing has happened yet. */
export interface PreparedSignal {
  readonly outlets: readonly Outlet[]
  /** For exporters that are not ours. */
  readonly sdkFlushes: readonly SdkFlush[]
  /** Registers the providers with the OpenTelemetry API. */
  start(): StartedSignal
}

/** What can be done with a signal that has been started. */
export interface StartedSignal {
  readonly endpoint?: MetricsEndpoint
  /** Delivers what there is, and takes the provider back out of the OpenTelemetry API. */
  shutdown(): Promise<unknown>
}
