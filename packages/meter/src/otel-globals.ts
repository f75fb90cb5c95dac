/** The slots of the OpenTelemetry API that an SDK fills. */
export type OtelGlobal = 'context' | 'diag' | 'logs' | 'metrics' | 'propagation' | 'trace'

/**
 * What somebody has registered with the OpenTelemetry API, whichever copy of the API they used.
 * The API has no question for this; its registry on the global object is what all its copies and 1.x versions share
 * (`internal/global-utils` of @opentelemetry/api 1.10).
 */
export function registered(slot: OtelGlobal): object | undefined {
  const registries = globalThis as { readonly [key: symbol]: { readonly [slot: string]: object } | undefined }
  return registries[API]?.[slot]
}

const API = Symbol.for('opentelemetry.js.api.1')
