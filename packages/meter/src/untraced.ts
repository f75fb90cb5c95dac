import { context, createContextKey } from '@opentelemetry/api'

/** The key by which `suppressTracing` of @opentelemetry/core tells instrumentation to leave a request alone; keys are made of their names. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** Runs what is Tokenmeter's own business, so that instrumentation of others makes no span of it. */
export function untraced<Result>(run: () => Result): Result {
  return context.with(context.active().setValue(SUPPRESS_TRACING, true), run)
}
