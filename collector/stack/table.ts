import { loopback, type Ports } from './ports.ts'
import { ZIPKIN_PORT } from './zipkin.ts'

/** Where everything is, one line each. */
export function addressTable(ports: Ports, folder: string, hasZipkin: boolean): string {
  const rows = [
    ['OTLP over HTTP', loopback(ports.otlpHttp), 'what applications send to: OTEL_EXPORTER_OTLP_ENDPOINT'],
    ['OTLP over gRPC', loopback(ports.otlpGrpc), ''],
    ['Prometheus', loopback(ports.prometheus), 'API only: its pages are not in its Go module'],
    ['Alertmanager', loopback(ports.alertmanager), 'page and API'],
    ['Jaeger', loopback(ports.jaegerQuery), 'API only, for the same reason'],
    ...(hasZipkin ? [['Zipkin', `${loopback(ZIPKIN_PORT)}/zipkin/`, 'page and API'] as const] : []),
    ['Collector, health', loopback(ports.collectorHealth), ''],
    ['Grafana', '–', 'cannot be built from Go modules: docker compose up has it'],
    ['data and logs', folder, ''],
  ] as const
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column as 0 | 1].length)))
  return rows
    .map(([what, where, note]) =>
      `  ${what.padEnd(widths[0] ?? 0)}  ${where.padEnd(widths[1] ?? 0)}  ${note}`.trimEnd(),
    )
    .join('\n')
}
