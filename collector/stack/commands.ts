import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildServer } from '../servers/build.ts'
import { findRecipe, type ServerName } from '../servers/recipe.ts'
import { readComposeFile } from './compose-file.ts'
import { loopback, type Ports } from './ports.ts'
import type { ServerCommand } from './server-process.ts'

/** Where the configuration files are. */
export const COLLECTOR_FOLDER: string = fileURLToPath(new URL('../', import.meta.url))

/** What a stack may do differently from the one on a laptop. */
export interface StackChoices {
  /** Configuration files of the Collector in `collector/`, each on top of the one before. Default: `otelcol.yaml`. */
  readonly collectorConfigs?: readonly string[]
  /** Variables that these files read, beside the addresses. */
  readonly collectorEnv?: Readonly<Record<string, string>>
  /** Configuration files of Jaeger in `collector/jaeger/`, in the same way. Default: `jaeger.yaml`. */
  readonly jaegerConfigs?: readonly string[]
  /** Configuration file of Alertmanager in `collector/alertmanager/`. Default: `alertmanager.yml`. */
  readonly alertmanagerConfig?: string
}

/** How each server is started, with its data and its log in a folder. */
export async function serverCommands(
  folder: string,
  ports: Ports,
  choices: StackChoices,
): Promise<Record<ServerName, ServerCommand>> {
  return {
    otelcol: await collectorCommand(folder, ports, choices),
    prometheus: await prometheusCommand(folder, ports),
    alertmanager: await alertmanagerCommand(folder, ports, choices),
    jaeger: await jaegerCommand(folder, ports, choices),
  }
}

async function collectorCommand(folder: string, ports: Ports, choices: StackChoices): Promise<ServerCommand> {
  const { collectorConfigs = ['otelcol.yaml'], collectorEnv } = choices
  return {
    name: 'otelcol',
    binary: await binary('otelcol'),
    args: collectorConfigs.map((file) => `--config=${join(COLLECTOR_FOLDER, file)}`),
    env: {
      OTELCOL_GRPC_PORT: String(ports.otlpGrpc),
      OTELCOL_HTTP_PORT: String(ports.otlpHttp),
      OTELCOL_HEALTH_PORT: String(ports.collectorHealth),
      OTELCOL_METRICS_PORT: String(ports.collectorMetrics),
      OTELCOL_QUEUE_DIR: join(folder, 'otelcol-queue'),
      JAEGER_OTLP_URL: loopback(ports.jaegerOtlp),
      PROMETHEUS_URL: loopback(ports.prometheus),
      ...collectorEnv,
    },
    logFile: join(folder, 'otelcol.log'),
    readyUrl: loopback(ports.collectorHealth),
  }
}

async function prometheusCommand(folder: string, ports: Ports): Promise<ServerCommand> {
  const flags = composeFlags('prometheus', {
    '--config.file': join(folder, 'prometheus/prometheus.yml'),
    '--storage.tsdb.path': join(folder, 'prometheus-data'),
    '--web.external-url': loopback(ports.prometheus),
  })
  return {
    name: 'prometheus',
    binary: await binary('prometheus'),
    args: [...flags, `--web.listen-address=127.0.0.1:${ports.prometheus}`],
    logFile: join(folder, 'prometheus.log'),
    readyUrl: `${loopback(ports.prometheus)}/-/ready`,
  }
}

async function alertmanagerCommand(folder: string, ports: Ports, choices: StackChoices): Promise<ServerCommand> {
  const { alertmanagerConfig = 'alertmanager.yml' } = choices
  const flags = composeFlags('alertmanager', {
    '--config.file': join(folder, 'alertmanager', alertmanagerConfig),
    '--storage.path': join(folder, 'alertmanager-data'),
    '--web.external-url': loopback(ports.alertmanager),
  })
  return {
    name: 'alertmanager',
    binary: await binary('alertmanager'),
    args: [...flags, `--web.listen-address=127.0.0.1:${ports.alertmanager}`],
    logFile: join(folder, 'alertmanager.log'),
    readyUrl: `${loopback(ports.alertmanager)}/-/ready`,
  }
}

async function jaegerCommand(folder: string, ports: Ports, choices: StackChoices): Promise<ServerCommand> {
  const { jaegerConfigs = ['jaeger.yaml'] } = choices
  return {
    name: 'jaeger',
    binary: await binary('jaeger'),
    args: jaegerConfigs.map((file) => `--config=${join(COLLECTOR_FOLDER, 'jaeger', file)}`),
    env: {
      JAEGER_OTLP_PORT: String(ports.jaegerOtlp),
      JAEGER_QUERY_PORT: String(ports.jaegerQuery),
      JAEGER_QUERY_GRPC_PORT: String(ports.jaegerQueryGrpc),
      JAEGER_HEALTH_PORT: String(ports.jaegerHealth),
      JAEGER_METRICS_PORT: String(ports.jaegerMetrics),
      JAEGER_BADGER_DIR: join(folder, 'jaeger-badger'),
    },
    logFile: join(folder, 'jaeger.log'),
    readyUrl: `${loopback(ports.jaegerHealth)}/status`,
  }
}

/** The flags of a service in the compose file, with paths of this run in place of the container's. */
function composeFlags(service: string, here: Readonly<Record<string, string>>): string[] {
  return (readComposeFile().services[service]?.command ?? []).map((flag) => {
    const [name = ''] = flag.split('=')
    const value = here[name]
    return value === undefined ? flag : `${name}=${value}`
  })
}

async function binary(name: ServerName): Promise<string> {
  return join(await buildServer(findRecipe(name)), name)
}
