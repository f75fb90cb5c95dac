import { UsageError } from '../command.ts'

/** What has an address. */
export type AddressName = 'application' | 'otlp' | 'collector' | 'prometheus' | 'alertmanager' | 'jaeger' | 'grafana'

/** Where everything is; no slash at the end. */
export type Addresses = Readonly<Record<AddressName, string>>

interface AddressSource {
  /** Variables that say where it is, the strongest first. A number is a port of this machine. */
  readonly variables: readonly string[]
  readonly fallback: string
  readonly what: string
}

/** On this machine, at the port where the stack in `collector/` has it. */
const at = (port: number, what: string, ...variables: readonly string[]): AddressSource => ({
  variables,
  fallback: `http://127.0.0.1:${port}`,
  what,
})

/** Where addresses come from, after the flag of the same name. */
export const ADDRESS_SOURCES: Readonly<Record<AddressName, AddressSource>> = {
  application: at(
    8000,
    'the application, which has /metrics',
    'OTEL_EXPORTER_PROMETHEUS_PORT',
    'TOKENMETER_METRICS_PORT',
  ),
  otlp: at(4318, 'the Collector, where it takes OTLP over HTTP', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTELCOL_HTTP_PORT'),
  collector: at(13_133, 'the health of the Collector', 'OTELCOL_HEALTH_URL', 'OTELCOL_HEALTH_PORT'),
  prometheus: at(9090, 'Prometheus', 'PROMETHEUS_URL', 'PROMETHEUS_PORT'),
  alertmanager: at(9093, 'Alertmanager', 'ALERTMANAGER_URL', 'ALERTMANAGER_PORT'),
  jaeger: at(16_686, 'Jaeger, its page and API', 'JAEGER_URL', 'JAEGER_QUERY_PORT'),
  grafana: at(3000, 'Grafana', 'GRAFANA_URL', 'GRAFANA_PORT'),
}

/** Names of everything that has an address. */
export const ADDRESS_NAMES = Object.keys(ADDRESS_SOURCES) as AddressName[]

/**
 * Where everything is: by the flag, else by a variable, else where the stack puts it. The endpoint of OTLP is taken as the application has it,
 * and checked, so a wrong one in its variable is no wrong command line.
 *
 * @throws {UsageError} on a flag, or a variable of the stack, that is no address.
 */
export function readAddresses(flags: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): Addresses {
  return Object.fromEntries(ADDRESS_NAMES.map((name) => [name, readAddress(name, flags[name], env)])) as Addresses
}

function readAddress(name: AddressName, flag: unknown, env: NodeJS.ProcessEnv): string {
  if (typeof flag === 'string') return urlOf(`--${name}`, flag)
  const { variables, fallback } = ADDRESS_SOURCES[name]
  const variable = variables.find((candidate) => env[candidate]?.trim())
  const text = variable === undefined ? '' : (env[variable] ?? '')
  if (variable === undefined) return fallback
  if (variable === 'OTEL_EXPORTER_OTLP_ENDPOINT') return isHttp(text) ? urlOf(variable, text) : fallback
  return urlOf(variable, variable.endsWith('_PORT') ? `http://127.0.0.1:${text}` : text)
}

function urlOf(name: string, text: string): string {
  if (!isHttp(text)) {
    throw new UsageError(`${name} must be an address such as http://127.0.0.1:9090, got ${JSON.stringify(text)}`)
  }
  return text.replace(/\/+$/, '')
}

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:/.test(text)
