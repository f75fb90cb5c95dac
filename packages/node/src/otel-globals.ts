/** The slots of the OpenTelemetry API that an SDK fills. */
export type OtelGlobal = 'context' | 'diag' | 'logs' | 'metrics' | 'propagation' | 'trace'

/**
 * Whether somebody has already registered an implementation with the OpenTelemetry API, whichever copy of the API they used.
 * The API has no question for this; its registry on the global object is what all its copies and 1.x versions share
 * (`internal/global-utils` of @opentelemetry/api 1.10).
 */
export function isRegistered(slot: OtelGlobal): boolean {
  const registries = globalThis as { readonly [key: symbol]: { readonly [slot: string]: unknown } | undefined }
  return registries[Symbol.for('opentelemetry.js.api.1')]?.[slot] !== undefined
}
