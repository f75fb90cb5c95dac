import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildServer } from '../../collector/servers/build.ts'
import { findRecipe, type ServerName } from '../../collector/servers/recipe.ts'
import { readComposeFile } from './compose-file.ts'
import { findFreePorts } from './free-ports.ts'
import { type ServerCommand, startServer } from './server-process.ts'

const COLLECTOR_FOLDER = fileURLToPath(new URL('../../collector/', import.meta.url))

const PORTS = [
  'otlpGrpc',
  'otlpHttp',
  'collectorHealth',
  'collectorMetrics',
  'prometheus',
  'jaegerOtlp',
  'jaegerQuery',
  'jaegerQueryGrpc',
  'jaegerHealth',
  'jaegerMetrics',
] as const
type Ports = Readonly<Record<(typeof PORTS)[number], number>>

/** The real servers, running on loopback with the configuration files of `collector/`. */
export interface Stack extends AsyncDisposable {
  /** Where an application sends OTLP over HTTP. */
  readonly otlpUrl: string
  readonly prometheusUrl: string
  readonly jaegerUrl: string
}

/**
 * Starts the stack on free ports, with its data in a temporary folder. Servers that were never built are built first.
 *
 * The Collector comes first, so that what it does about servers that are not there yet is part of every test.
 */
export async function startStack(): Promise<Stack> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-stack-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  const ports = await findFreePorts(PORTS)
  await writePrometheusFiles(folder, ports)
  const commands = [
    await collectorCommand(folder, ports),
    await prometheusCommand(folder, ports),
    await jaegerCommand(folder, ports),
  ]
  for (const command of commands) started.use(await startServer(command))

  const running = started.move()
  return {
    otlpUrl: loopback(ports.otlpHttp),
    prometheusUrl: loopback(ports.prometheus),
    jaegerUrl: loopback(ports.jaegerQuery),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function collectorCommand(folder: string, ports: Ports): Promise<ServerCommand> {
  return {
    name: 'otelcol',
    binary: await binary('otelcol'),
    args: [`--config=${join(COLLECTOR_FOLDER, 'otelcol.yaml')}`],
    env: {
      OTELCOL_GRPC_PORT: String(ports.otlpGrpc),
      OTELCOL_HTTP_PORT: String(ports.otlpHttp),
      OTELCOL_HEALTH_PORT: String(ports.collectorHealth),
      OTELCOL_METRICS_PORT: String(ports.collectorMetrics),
      JAEGER_OTLP_URL: loopback(ports.jaegerOtlp),
      PROMETHEUS_URL: loopback(ports.prometheus),
    },
    logFile: join(folder, 'otelcol.log'),
    readyUrl: loopback(ports.collectorHealth),
  }
}

/** The flags of the compose file, with the paths and the address of this run in place of the container's. */
async function prometheusCommand(folder: string, ports: Ports): Promise<ServerCommand> {
  const here = new Map([
    ['--config.file', join(folder, 'prometheus/prometheus.yml')],
    ['--storage.tsdb.path', join(folder, 'prometheus/data')],
  ])
  const flags = (readComposeFile().services['prometheus']?.command ?? []).map((flag) => {
    const [name = ''] = flag.split('=')
    const value = here.get(name)
    return value === undefined ? flag : `${name}=${value}`
  })
  return {
    name: 'prometheus',
    binary: await binary('prometheus'),
    args: [...flags, `--web.listen-address=127.0.0.1:${ports.prometheus}`],
    logFile: join(folder, 'prometheus.log'),
    readyUrl: `${loopback(ports.prometheus)}/-/ready`,
  }
}

async function jaegerCommand(folder: string, ports: Ports): Promise<ServerCommand> {
  return {
    name: 'jaeger',
    binary: await binary('jaeger'),
    args: [`--config=${join(COLLECTOR_FOLDER, 'jaeger/jaeger.yaml')}`],
    env: {
      JAEGER_OTLP_PORT: String(ports.jaegerOtlp),
      JAEGER_QUERY_PORT: String(ports.jaegerQuery),
      JAEGER_QUERY_GRPC_PORT: String(ports.jaegerQueryGrpc),
      JAEGER_HEALTH_PORT: String(ports.jaegerHealth),
      JAEGER_METRICS_PORT: String(ports.jaegerMetrics),
    },
    logFile: join(folder, 'jaeger.log'),
    readyUrl: `${loopback(ports.jaegerHealth)}/status`,
  }
}

/** The configuration as it is, beside the targets of this run: Prometheus has no environment variables in its file. */
async function writePrometheusFiles(folder: string, ports: Ports): Promise<void> {
  const config = join(folder, 'prometheus')
  await mkdir(join(config, 'targets'), { recursive: true })
  await cp(join(COLLECTOR_FOLDER, 'prometheus/prometheus.yml'), join(config, 'prometheus.yml'))
  const targets = {
    prometheus: ports.prometheus,
    'otel-collector': ports.collectorMetrics,
    jaeger: ports.jaegerMetrics,
  }
  const groups = Object.entries(targets).map(([job, port]) => ({ targets: [`127.0.0.1:${port}`], labels: { job } }))
  await writeFile(join(config, 'targets/loopback.yml'), JSON.stringify(groups))
}

async function binary(name: ServerName): Promise<string> {
  return join(await buildServer(findRecipe(name)), name)
}

function loopback(port: number): string {
  return `http://127.0.0.1:${port}`
}
