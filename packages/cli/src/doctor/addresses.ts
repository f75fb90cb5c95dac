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

/** Where addresses come from, after the flag of the same name. Defaults are those of the stack in `collector/`. */
export const ADDRESS_SOURCES: Readonly<Record<AddressName, AddressSource>> = {
  application: {
    variables: ['OTEL_EXPORTER_PROMETHEUS_PORT', 'TOKENMETER_METRICS_PORT'],
    fallback: 'http://127.0.0.1:8000',
    what: 'the application, which has /metrics',
  },
  otlp: {
    variables: ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTELCOL_HTTP_PORT'],
    fallback: 'http://127.0.0.1:4318',
    what: 'the Collector, where it takes OTLP over HTTP',
  },
  collector: {
    variables: ['OTELCOL_HEALTH_URL', 'OTELCOL_HEALTH_PORT'],
    fallback: 'http://127.0.0.1:13133',
    what: 'the health of the Collector',
  },
  prometheus: {
    variables: ['PROMETHEUS_URL', 'PROMETHEUS_PORT'],
    fallback: 'http://127.0.0.1:9090',
    what: 'Prometheus',
  },
  alertmanager: {
    variables: ['ALERTMANAGER_URL', 'ALERTMANAGER_PORT'],
    fallback: 'http://127.0.0.1:9093',
    what: 'Alertmanager',
  },
  jaeger: {
    variables: ['JAEGER_URL', 'JAEGER_QUERY_PORT'],
    fallback: 'http://127.0.0.1:16686',
    what: 'Jaeger, its page and API',
  },
  grafana: {
    variables: ['GRAFANA_URL', 'GRAFANA_PORT'],
    fallback: 'http://127.0.0.1:3000',
    what: 'Grafana',
  },
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
