import type { Environment } from './environment.ts'
import { oneOf } from './environment.ts'
import type { Configuration } from './configuration.ts'

/** Exporters of one signal, by the names that OpenTelemetry's variables use. */
export type ExporterName = 'otlp' | 'console' | 'prometheus'

/** Which exporters each signal has. */
export interface ExporterChoice {
  readonly traces: readonly ExporterName[]
  readonly metrics: readonly ExporterName[]
  readonly logs: readonly ExporterName[]
}

/**
 * `OTEL_TRACES_EXPORTER` and its sisters decide, if they are set; else the settings `otlp` and `metricsEndpoint`. One thing can
 * be had that they do not say: `/metrics`, for those who switch it on by name.
 */
export function chooseExporters({ settings, given }: Configuration, environment: Environment): ExporterChoice {
  const otlp: ExporterName[] = settings.otlp ? ['otlp'] : []
  const pull: ExporterName[] = settings.metricsEndpoint ? ['prometheus'] : []
  const metrics = listed('OTEL_METRICS_EXPORTER', ['otlp', 'prometheus', 'console'], environment)
  const withPull = metrics && given.has('metricsEndpoint') ? [...new Set([...metrics, ...pull])] : metrics
  return {
    traces: listed('OTEL_TRACES_EXPORTER', ['otlp', 'console'], environment) ?? otlp,
    metrics: withPull ?? [...otlp, ...pull],
    logs: listed('OTEL_LOGS_EXPORTER', ['otlp', 'console'], environment) ?? otlp,
  }
}

function listed(
  variable: string,
  known: readonly ExporterName[],
  environment: Environment,
): ExporterName[] | undefined {
  const names = environment.list(variable)
  if (names.length === 0) return undefined
  if (names.includes('none')) return []
  return names.flatMap((name) => {
    const exporter = known.find((candidate) => candidate === name)
    if (exporter) return [exporter]
    environment.wrong(variable, name, oneOf([...known, 'none']), 'the others')
    return []
  })
}
