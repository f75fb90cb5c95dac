import { parseArgs } from 'node:util'
import { DEFAULT_PORTS, PORT_NAMES, type PortName, type Ports } from './ports.ts'

/** What the person who started the stack asked for. */
export interface StackArguments {
  readonly help: boolean
  /** Run the support desk against it. */
  readonly demo: boolean
  /** Keep traces on disk. */
  readonly badger: boolean
  /** Run Zipkin, too, whose page shows traces. */
  readonly zipkin: boolean
  /** Forget the data of earlier runs. */
  readonly fresh: boolean
}

/** Wrong arguments or settings; the message says which, and what is accepted. */
export class UsageError extends Error {}

export const USAGE = `Usage: pnpm stack [--demo] [--badger] [--zipkin] [--fresh]

Starts the Collector, Prometheus, Alertmanager and Jaeger on loopback, until Ctrl-C. What was never built is built first, from Go
modules, which takes about ten minutes, once.

  --demo     run the support desk of examples/ against it, over and over
  --badger   keep traces on disk, so that they are there the next time
  --zipkin   run Zipkin, too, which has a page for traces; needs Java 17 and, the first time, Maven
  --fresh    forget the data of earlier runs
  --help     this text

A port that is taken can be moved, with the variables that docker-compose.yml uses:
OTELCOL_GRPC_PORT, OTELCOL_HTTP_PORT, OTELCOL_HEALTH_PORT, PROMETHEUS_PORT, ALERTMANAGER_PORT, JAEGER_QUERY_PORT.`

/** Variable that moves each port. */
export const PORT_VARIABLES: Readonly<Record<PortName, string>> = {
  otlpGrpc: 'OTELCOL_GRPC_PORT',
  otlpHttp: 'OTELCOL_HTTP_PORT',
  collectorHealth: 'OTELCOL_HEALTH_PORT',
  collectorMetrics: 'OTELCOL_METRICS_PORT',
  prometheus: 'PROMETHEUS_PORT',
  alertmanager: 'ALERTMANAGER_PORT',
  jaegerOtlp: 'JAEGER_OTLP_PORT',
  jaegerQuery: 'JAEGER_QUERY_PORT',
  jaegerQueryGrpc: 'JAEGER_QUERY_GRPC_PORT',
  jaegerHealth: 'JAEGER_HEALTH_PORT',
  jaegerMetrics: 'JAEGER_METRICS_PORT',
}

/** @throws {UsageError} on an unknown option. */
export function readArguments(args: readonly string[]): StackArguments {
  const flag = { type: 'boolean', default: false } as const
  try {
    // `pnpm stack -- --demo` passes the separator on.
    const given = args[0] === '--' ? args.slice(1) : [...args]
    return parseArgs({ args: given, options: { help: flag, demo: flag, badger: flag, zipkin: flag, fresh: flag } })
      .values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** @throws {UsageError} on a port that is none, or on two that are equal. */
export function readPorts(env: NodeJS.ProcessEnv): Ports {
  const ports = Object.fromEntries(PORT_NAMES.map((name) => [name, readPort(env, name)])) as Record<PortName, number>
  for (const name of PORT_NAMES) {
    const other = PORT_NAMES.find((candidate) => candidate !== name && ports[candidate] === ports[name])
    if (other)
      throw new UsageError(
        `${PORT_VARIABLES[name]} and ${PORT_VARIABLES[other]} are both ${ports[name]}: choose another port for one of them`,
      )
  }
  return ports
}

function readPort(env: NodeJS.ProcessEnv, name: PortName): number {
  const text = env[PORT_VARIABLES[name]]
  if (text === undefined || text === '') return DEFAULT_PORTS[name]
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new UsageError(`${PORT_VARIABLES[name]} is "${text}", but must be a port from 1 to 65535`)
}
