import type { Context } from './context.ts'
import { parseJson } from './prometheus-api.ts'
import { DOCTOR_SERVICE } from './test-data.ts'

const HOUR_MS = 3_600_000
/** Jaeger's own service, whose spans are none of an application's. */
const JAEGER_SERVICE = /^jaeger/

/** Names of all services that have traces. */
export async function tracedServices({ http, addresses }: Context): Promise<readonly string[]> {
  const { text } = await http.ask(`${addresses.jaeger}/api/v3/services`)
  return (parseJson(text) as { readonly services?: readonly string[] } | undefined)?.services ?? []
}

/** Those of them that are applications; the one whose variables are here comes first. */
export function applicationsAmong(services: readonly string[], { env }: Context): readonly string[] {
  const found = services.filter((name) => !JAEGER_SERVICE.test(name) && name !== DOCTOR_SERVICE)
  return found.toSorted((one, other) => rankOf(one, env) - rankOf(other, env))
}

const rankOf = (name: string, env: NodeJS.ProcessEnv): number => (name === env['OTEL_SERVICE_NAME'] ? 0 : 1)

/** The newest traces of a service within an hour, as OTLP/JSON; `undefined` when there are none. */
export async function recentTraces(
  { http, addresses }: Context,
  service: string,
  most: number,
): Promise<string | undefined> {
  const query = new URLSearchParams({
    'query.service_name': service,
    'query.start_time_min': new Date(Date.now() - HOUR_MS).toISOString(),
    'query.start_time_max': new Date(Date.now() + HOUR_MS).toISOString(),
    'query.num_traces': String(most),
  })
  const { status, text } = await http.ask(`${addresses.jaeger}/api/v3/traces?${query}`)
  return status === 404 ? undefined : text
}
