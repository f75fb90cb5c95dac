import type { Attributes, Span } from '@opentelemetry/api'

/** On the global object, because the ESM and the CJS copy of this module must agree. */
const CLAIMED = Symbol.for('tokenmeter.claimed-spans')

function claimedResources(): WeakSet<object> {
  const holder = globalThis as { [CLAIMED]?: WeakSet<object> }
  return (holder[CLAIMED] ??= new WeakSet())
}

/**
 * For whoever builds the SDK: promises that the spans with this resource have no limits for attributes beyond the SDK's default of 128, and that samplers and
 * processors look at attributes no earlier than at the end of a span. From then on spans of calls are told their attributes without the SDK's checks of each
 * value, which cost a third of a kilobyte of garbage apiece (`isAnyValue` of `@opentelemetry/core` 3.1).
 *
 * @param resource the object that the TracerProvider is given.
 */
export function claimSpanAttributes(resource: object): void {
  claimedResources().add(resource)
}

/** What the SDK makes of a span, as far as it matters here: `ReadableSpan`. */
interface ReadableAttributes {
  readonly resource?: unknown
  readonly attributes?: Attributes
}

/** The attributes of a span that was claimed, to be written to until it ends; `undefined` for any other. */
export function claimedAttributes(span: Span): Attributes | undefined {
  const { resource, attributes } = span as ReadableAttributes
  const isClaimed = typeof resource === 'object' && resource !== null && claimedResources().has(resource)
  return isClaimed ? attributes : undefined
}

/** Gives a claimed span other attributes. */
export function replaceAttributes(span: Span, attributes: Attributes): void {
  if (Reflect.set(span, 'attributes', attributes)) return
  // An SDK whose spans keep their own.
  Object.assign((span as ReadableAttributes).attributes ?? {}, attributes)
}
