import type { TextMapPropagator } from '@opentelemetry/api'
import type { Environment } from './environment.ts'
import { sdkModules } from './sdk-modules.ts'

/** The propagators of `OTEL_PROPAGATORS`, by default W3C trace context and baggage; `undefined` for `none`. */
export function createPropagator(environment: Environment): TextMapPropagator | undefined {
  const variable = 'OTEL_PROPAGATORS'
  const { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } = sdkModules.core()
  const known: Record<string, () => TextMapPropagator> = {
    tracecontext: () => new W3CTraceContextPropagator(),
    baggage: () => new W3CBaggagePropagator(),
    b3: () => new (sdkModules.propagatorB3().B3Propagator)(),
    b3multi: () => {
      const { B3InjectEncoding, B3Propagator } = sdkModules.propagatorB3()
      return new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER })
    },
  }
  const asked = environment.list(variable)
  if (asked.includes('none')) return undefined
  const propagators = (asked.length > 0 ? asked : ['tracecontext', 'baggage']).flatMap((name) => {
    const create = known[name]
    if (create) return [create()]
    environment.wrong(variable, name, [...Object.keys(known), 'none'].join(', '), 'the others')
    return []
  })
  return new CompositePropagator({ propagators })
}
