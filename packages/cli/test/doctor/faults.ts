import { expect } from 'vitest'
import type { ContextOptions } from '../../src/doctor/context.ts'
import { RULE_GROUPS } from '../../src/doctor/prometheus.ts'
import type { StandIns } from './stand-ins.ts'

/** What a fault can break. */
interface Scene {
  readonly standIns: StandIns
  /** Puts a package into the folder of the application, or into that of another package. */
  readonly install: (name: string, version: string, inside?: string) => void
  /** Writes a file there. */
  readonly write: (path: string, text: string) => void
}

/** One thing that is broken, in the environment or at a server, and what the doctor says of it. Addresses are by the name of the server. */
export interface Fault {
  readonly what: string
  readonly env?: NodeJS.ProcessEnv
  readonly options?: Partial<ContextOptions>
  readonly breaks?: (scene: Scene) => void
  readonly write?: true
  readonly says: readonly string[]
}

const prometheus =
  (path: string, value: unknown) =>
  ({ standIns }: Scene): void => {
    standIns.answers.prometheus[`/api/v1/${path}`] = { body: { status: 'success', data: value } }
  }
const sample =
  (contains: string, labels: Record<string, string>, value: number) =>
  ({ standIns }: Scene): void => {
    standIns.samples.unshift([contains, [[labels, value]]])
  }
const none =
  (contains: string) =>
  ({ standIns }: Scene): void => {
    standIns.samples.unshift([contains, []])
  }
const page =
  (change: (text: string) => string) =>
  ({ standIns }: Scene): void => {
    const { body } = standIns.answers.application['/metrics'] as { readonly body: string }
    standIns.answers.application['/metrics'] = { type: 'text/plain; version=0.0.4', body: change(body) }
  }

/** A trace that Jaeger does not have. */
const noTrace =
  (id: string) =>
  ({ standIns }: Scene): void => {
    // The longer path first.
    standIns.answers.jaeger = { [`/api/v3/traces/${id}`]: { status: 404 }, ...standIns.answers.jaeger }
  }
/** A board whose JSON is another. */
const board =
  (uid: string, change: (text: string) => string) =>
  ({ standIns }: Pick<Scene, 'standIns'>): void => {
    const path = `/api/dashboards/uid/${uid}`
    const { body } = standIns.answers.grafana[path] as { readonly body: unknown }
    standIns.answers.grafana[path] = { body: JSON.parse(change(JSON.stringify(body))) }
  }
const collector =
  (pipelines: string) =>
  ({ write }: Scene): void =>
    write('otelcol.yaml', `service:\n  pipelines:\n${pipelines}`)
const WRITTEN = { collectorConfig: ['otelcol.yaml'] }

/** Every fault that the doctor is shown. */
export const FAULTS: readonly Fault[] = [
  {
    what: 'an old Node',
    options: { nodeVersion: '20.20.2' },
    says: ['environment-node: Node 20.20.2 is older than 22.15'],
  },
  {
    what: 'an openai that nobody has tested',
    breaks: ({ install }) => install('openai', '8.0.0'),
    says: ['environment-openai: openai 8.0.0 is none of the versions that are tested: 4, 5, 6, 7'],
  },
  {
    what: 'an API of OpenTelemetry that is newer than ours',
    breaks: ({ install }) => install('@opentelemetry/api', '1.9.1', '@tokenmeter/node'),
    says: ['environment-api: the application has @opentelemetry/api 1.10.0, Tokenmeter has 1.9.1'],
  },
  {
    what: 'openai that is loaded first',
    breaks: ({ write }) => write('src/app.js', "import OpenAI from 'openai'\nimport './telemetry.js'\n"),
    says: ['environment-load-order: src/app.js loads openai, and nothing has loaded Tokenmeter by then'],
  },
  {
    what: 'openai that a file of the application loads before Tokenmeter is registered',
    breaks: ({ write }) => {
      write(
        'src/app.ts',
        "import { register } from '@tokenmeter/node'\nimport type { Chat } from 'openai'\nimport { ask } from './ask.js'\n",
      )
      write('src/ask.ts', "import {\n  OpenAI,\n} from 'openai'\n")
    },
    options: { start: 'NODE_ENV=production node --env-file=.env --import tsx src/app.ts' },
    says: ['environment-load-order: src/ask.ts loads openai, and nothing has loaded Tokenmeter by then'],
  },
  {
    what: 'an endpoint that is none',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' },
    says: ['environment-endpoint: OTEL_EXPORTER_OTLP_ENDPOINT is "localhost:4318", which is no address'],
  },
  {
    what: 'an endpoint with the path of a signal',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/v1/traces' },
    says: [
      'environment-endpoint: OTEL_EXPORTER_OTLP_ENDPOINT ends in /v1/traces, to which the path of each signal is added once more',
    ],
  },
  {
    what: 'OTLP over HTTP at the port of gRPC',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4317' },
    says: ['environment-protocol: OTLP by http/protobuf goes to port 4317, where a Collector takes gRPC'],
  },
  {
    what: 'a protocol that is none',
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http' },
    says: ['environment-protocol: OTEL_EXPORTER_OTLP_PROTOCOL is "http"'],
  },
  {
    what: 'metrics that go nowhere',
    env: { OTEL_METRICS_EXPORTER: 'none' },
    says: ['environment-signals: OTEL_METRICS_EXPORTER is none: metrics go nowhere'],
  },
  {
    what: 'a way to record messages that is none',
    env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'on' },
    says: ['environment-content: OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT is "on": nothing is recorded'],
  },
  {
    what: 'telemetry that leaves production unscrubbed',
    env: { NODE_ENV: 'production', TOKENMETER_SCRUB: 'off' },
    says: ['environment-content: telemetry leaves without being scrubbed of personal data and secrets, in production'],
  },
  {
    what: 'telemetry that writes about itself',
    env: { OTEL_LOG_LEVEL: 'debug' },
    says: ['environment-overhead: OTEL_LOG_LEVEL is debug: every export is written about'],
  },
  {
    what: 'metrics that are exported all the time',
    env: { OTEL_METRIC_EXPORT_INTERVAL: '50' },
    says: ['environment-overhead: metrics are exported every 50 ms'],
  },
  {
    what: 'a page of metrics that is another page',
    breaks: ({ standIns }) => void (standIns.answers.application['/metrics'] = { type: 'text/html', body: '<html>' }),
    says: [
      'application-metrics: {application}/metrics has the type "text/html", which Prometheus refuses',
      'application-names: ai_cost_total, ai_requests_total, ai_errors_total, ai_rate_limit_hits_total, ai_retries_total, ai_unpriced_requests_total are missing',
    ],
  },
  {
    what: 'a page of metrics by another exporter',
    breaks: page((text) => text.replaceAll('duration_seconds_bucket', 'duration_bucket')),
    says: [
      'application-names: ai_request_duration_bucket has lost its unit: @opentelemetry/exporter-prometheus serves the page',
    ],
  },
  {
    what: 'a label with too many values',
    breaks: page((text) => text + Array.from({ length: 1001 }, (_, n) => `ai_cost_total{user="${n}"} 1\n`).join('')),
    says: ['application-series: ai_cost_total has 1003 series in one process'],
  },
  {
    what: 'labels that overflow',
    breaks: page((text) => `${text}ai_cost_total{otel_metric_overflow="true"} 1\n`),
    says: ['application-series: labels of ai_cost_total have more values than are kept apart'],
  },
  {
    what: 'a counter that does not begin at 0',
    breaks: page((text) => text.replaceAll(/^ai_errors_total.*\n/gm, '')),
    says: ['application-names: ai_errors_total is missing'],
  },
  {
    what: 'an application whose exports have stopped',
    breaks: none('time() - max(timestamp(ai_requests_total{service_instance_id'),
    says: ['application-delivery: for three minutes nothing of this process has arrived in Prometheus'],
  },
  {
    what: 'a process that ends before it has delivered',
    breaks: noTrace('c91308c112be8448dd34dc6191567fa0'),
    write: true,
    says: ['application-shutdown: the span of a process that ended at once did not arrive'],
  },
  {
    what: 'a Tokenmeter that cannot be loaded',
    breaks: ({ write }) => write('node_modules/@tokenmeter/node/register.mjs', 'process.exit(7)'),
    write: true,
    says: ['application-shutdown: a process with Tokenmeter ends with 7: '],
  },
  {
    what: 'a Collector of last year',
    breaks: sample('target_info{service_name=~"otelcol', { 'service.version': '0.139.0' }, 1),
    says: ['collector-version: Collector 0.139.0 is older than 0.155'],
  },
  {
    what: 'a Collector that takes spans and keeps them',
    breaks: none('otelcol_exporter_sent_spans'),
    says: ['collector-passed: it took 240 spans and handed over none'],
  },
  {
    what: 'a Collector with an exporter that stands still',
    breaks: sample('otelcol_exporter_sent_spans', { exporter: 'zipkin' }, 0),
    says: ['collector-passed: it took 240 spans and handed over none to zipkin'],
  },
  {
    what: 'spans that are sampled before they are counted',
    options: WRITTEN,
    breaks: collector(`
    traces/in: { receivers: [otlp], processors: [memory_limiter, redaction, tail_sampling], exporters: [forward] }
    traces: { receivers: [forward], exporters: [span_metrics, otlp_http/jaeger] }
    metrics: { receivers: [span_metrics], exporters: [otlp_http/prometheus] }`),
    says: [
      'collector-pipelines: traces counts spans that tail_sampling has left: rates and durations are those of the rest',
    ],
  },
  {
    what: 'traces that nobody looks through for secrets',
    options: WRITTEN,
    breaks: collector('    traces: { receivers: [otlp], processors: [memory_limiter], exporters: [otlp_http/jaeger] }'),
    says: ['collector-pipelines: traces has no redaction: what an application forgot to scrub is stored'],
  },
  {
    what: 'a Collector that takes more than it has memory for',
    options: { collectorConfig: ['otelcol.yaml', 'mine.yaml'] },
    breaks: ({ write }) => {
      write('otelcol.yaml', 'service: { pipelines: { metrics: { receivers: [otlp], processors: [memory_limiter] } } }')
      write('mine.yaml', 'service: { pipelines: { metrics: { processors: [transform, memory_limiter] } } }')
    },
    says: ['collector-pipelines: memory_limiter is not the first processor of metrics: it ends when memory runs out'],
  },
  {
    what: 'a file of the Collector that is none',
    options: { collectorConfig: ['otelcol.yml'] },
    breaks: ({ write }) => write('otelcol.yml', 'service: [pipelines'),
    says: [expect.stringMatching(/^collector-pipelines: otelcol\.yml cannot be read: .+/) as string],
  },
  {
    what: 'rules that take longer than their interval',
    breaks: ({ standIns }) => {
      const groups = RULE_GROUPS.map((name) => ({ name, interval: 30, evaluationTime: 31.44, rules: [] }))
      standIns.answers.prometheus['/api/v1/rules'] = { body: { status: 'success', data: { groups } } }
    },
    says: ['prometheus-rules: ai-alerts takes 31.4 s, and is to be evaluated every 30 s'],
  },
  {
    what: 'traces in memory, in production',
    options: { stage: 'production' },
    breaks: sample('jaeger_storage_latency_seconds_count', { kind: 'memory' }, 12),
    says: ['jaeger-storage: traces are in memory: they are gone with the process'],
  },
  {
    what: 'exemplars that lead nowhere',
    breaks: ({ standIns }) =>
      void (standIns.answers.grafana['/api/frontend/settings'] = {
        body: { datasources: { Prometheus: { uid: 'prometheus', jsonData: {} } } },
      }),
    says: ['grafana-exemplars: exemplars of the data source prometheus lead to no trace'],
  },
  {
    what: 'a Collector that is starting',
    breaks: ({ standIns }) => void (standIns.answers.collector['/'] = { status: 503 }),
    says: ['collector-health: {collector} answers 503: it is starting, or stopping'],
  },
  {
    what: 'a Collector that wants a token',
    breaks: ({ standIns }) => void (standIns.answers.otlp['/v1/metrics'] = { status: 401, body: 'Unauthorized' }),
    says: ['collector-otlp: {otlp}/v1/metrics answers 401: it wants a token'],
  },
  {
    what: 'somebody else at the port of the Collector',
    breaks: ({ standIns }) =>
      void (standIns.answers.otlp['/v1/traces'] = { status: 404, body: 'Cannot POST /v1/traces' }),
    says: ['collector-otlp: {otlp}/v1/traces answers 404, not as a Collector does'],
  },
  {
    what: 'a Collector that accepts and never answers',
    options: { timeoutMs: 2000 },
    breaks: ({ standIns }) => void (standIns.answers.otlp['/v1/traces'] = 'never'),
    says: ['collector-otlp: {otlp} gives no answer within 2 s'],
  },
  {
    what: 'a Collector that refuses',
    breaks: sample('otelcol_receiver_refused_spans', { receiver: 'otlp' }, 17.2),
    says: ['collector-refused: it refused data: 18 items at otlp within 15 minutes'],
  },
  {
    what: 'a Collector that loses',
    breaks: sample('otelcol_exporter_send_failed_metric_points', { exporter: 'otlp_http/prometheus' }, 3),
    says: ['collector-failed: it lost data: 3 items at otlp_http/prometheus within 15 minutes'],
  },
  {
    what: 'a queue that does not empty',
    breaks: sample('otelcol_exporter_queue_size', { exporter: 'otlp_http/jaeger' }, 0.93),
    says: ['collector-queue: the queue of otlp_http/jaeger is 93% full'],
  },
  {
    what: 'a Collector that takes a part',
    breaks: ({ standIns }) =>
      void (standIns.answers.otlp['/v1/traces'] = ({ body }) => ({
        body: body === '{}' ? {} : { partialSuccess: { rejectedSpans: '1', errorMessage: 'span too old' } },
      })),
    write: true,
    says: ['collector-written: {otlp}/v1/traces refuses a part of the traces: span too old'],
  },
  {
    what: 'a Prometheus of version 2',
    breaks: prometheus('status/buildinfo', { version: '2.42.0' }),
    says: ['prometheus-ready: Prometheus 2.42.0 does not know how to keep the names of OTLP'],
  },
  {
    what: 'a Prometheus that takes no OTLP',
    breaks: prometheus('status/flags', { 'web.enable-otlp-receiver': 'false' }),
    says: ['prometheus-otlp: it takes no OTLP'],
  },
  {
    what: 'a target that is down',
    breaks: prometheus('targets', {
      activeTargets: [
        { labels: { job: 'jaeger', instance: 'jaeger:18888' }, health: 'down', lastError: 'no such host' },
      ],
    }),
    says: ['prometheus-targets: jaeger at jaeger:18888 is down: no such host'],
  },
  {
    what: 'rules that are not loaded',
    breaks: prometheus('rules', { groups: [{ name: 'ai-alerts', rules: [] }] }),
    says: ['prometheus-rules: rules are not loaded: ai-normalise, ai-slo, ai-telemetry-health, ai-thresholds'],
  },
  {
    what: 'a Prometheus that knows no Alertmanager',
    breaks: prometheus('alertmanagers', { activeAlertmanagers: [] }),
    says: ['prometheus-alertmanager: it knows no Alertmanager: alerts reach nobody'],
  },
  {
    what: 'metrics that never came',
    breaks: none('timestamp(last_over_time('),
    says: ['prometheus-calls: there is no series of ai_requests_total'],
  },
  {
    what: 'metrics that come no more',
    breaks: none('timestamp(ai_requests_total))'),
    says: ['prometheus-calls: metrics of calls were there within a day, and come no more'],
  },
  {
    what: 'series without the name of their service',
    breaks: sample('service_name=""', {}, 4),
    says: ['prometheus-labels: 4 series of ai_requests_total have no service_name'],
  },
  {
    what: 'a Prometheus full of users',
    breaks: prometheus('status/tsdb', {
      headStats: { numSeries: 90_000 },
      seriesCountByMetricName: [{ name: 'ai_cost_total', value: 41_000 }],
    }),
    says: ['prometheus-series: ai_cost_total has 41000 series'],
  },
  {
    what: 'a Collector that hands over to nobody',
    breaks: (scene) => {
      none('tokenmeter_doctor{')(scene)
      noTrace('0af7651916cd43dd8448eb211c80319c')(scene)
    },
    write: true,
    says: [
      'prometheus-written: the metric of the doctor did not arrive',
      'jaeger-written: the span of the doctor did not arrive',
    ],
  },
  {
    what: 'an Alertmanager that tells nobody',
    options: { stage: 'production' },
    breaks: ({ standIns }) =>
      void (standIns.answers.alertmanager['/api/v2/status'] = {
        body: { config: { original: 'receivers:\n- name: nobody\n' } },
      }),
    says: ['alertmanager-receivers: no receiver sends anything: nobody hears of an alert'],
  },
  {
    what: 'an Alertmanager whose messages are lost',
    breaks: sample('alertmanager_notifications_failed_total', { integration: 'slack', reason: 'clientError' }, 2),
    says: ['alertmanager-delivery: messages by slack are lost: clientError'],
  },
  {
    what: 'an Alertmanager that refuses alerts',
    breaks: ({ standIns }) => void (standIns.answers.alertmanager['/api/v2/alerts'] = { status: 400, body: 'bad' }),
    write: true,
    says: ['alertmanager-route: it answers an alert with 400'],
  },
  {
    what: 'a service without traces',
    breaks: sample('increase(ai_requests_total{service_name!=""}', { service_name: 'batch' }, 9),
    says: ['jaeger-traces: batch has metrics and no traces'],
  },
  {
    what: 'the page of somebody else instead of Jaeger',
    breaks: ({ standIns }) =>
      void (standIns.answers.jaeger['/api/v3/services'] = { type: 'text/html', body: '<html>' }),
    says: [
      'jaeger-ready: {jaeger}/api/v3/services answers 200, not as Jaeger 2 does',
      'jaeger-traces: desk has metrics and no traces',
    ],
  },
  {
    what: 'a Grafana whose database is broken',
    breaks: ({ standIns }) =>
      void (standIns.answers.grafana['/api/health'] = { status: 503, body: { database: 'failing' } }),
    says: ['grafana-health: {grafana}/api/health answers 503, not as a healthy Grafana does'],
  },
  {
    what: 'a data source at an address that holds outside only',
    breaks: ({ standIns }) =>
      void (standIns.answers.grafana['/api/datasources/uid/prometheus/health'] = {
        status: 400,
        body: { status: 'ERROR', message: 'connection refused' },
      }),
    says: ['grafana-sources: its data source prometheus does not work: connection refused'],
  },
  {
    what: 'boards that were not provisioned',
    breaks: ({ standIns }) => void (standIns.answers.grafana['/api/search'] = { body: [{ uid: 'tokenmeter-cost' }] }),
    says: [
      'grafana-boards: boards are missing: tokenmeter-overview, tokenmeter-latency, tokenmeter-errors, tokenmeter-telemetry',
    ],
  },
  {
    what: 'boards of an earlier release',
    breaks: ({ standIns }) => {
      board('tokenmeter-cost', (text) => text.replaceAll('ai_budget_spent_usd', 'ai_budget_spent'))({ standIns })
      board('tokenmeter-errors', (text) => text.replace('"Errors by type"', '"Errors"'))({ standIns })
    },
    says: [
      'grafana-boards: boards are not those of this release: tokenmeter-cost (Budgets), tokenmeter-errors (Errors by type)',
    ],
  },
  {
    what: 'rules of an earlier release, which record other names than the boards ask for',
    breaks: ({ standIns }) => void standIns.empty.push('ai:cost_usd:increase5m'),
    says: [
      'grafana-panels: panels are empty: Cost per hour, Cost Overview, Cost by service, Cost per hour by model and 2 more; there is no ai:cost_usd:increase5m',
    ],
  },
  {
    what: 'a Prometheus that does not scrape itself',
    breaks: ({ standIns }) => void standIns.empty.push('prometheus_tsdb_head_series'),
    says: ['grafana-panels: panels are empty: Series in memory; there is no prometheus_tsdb_head_series'],
  },
  {
    what: 'a panel that takes too long',
    breaks: ({ standIns }) => {
      const path = '/api/datasources/proxy/uid/prometheus/api/v1/query'
      const healthy = standIns.answers.grafana[path] as (asked: { readonly path: string }) => object
      standIns.answers.grafana[path] = (asked) =>
        asked.path.includes('ai_estimated_cost_total')
          ? { status: 503, body: { status: 'error', errorType: 'timeout', error: 'query timed out' } }
          : healthy(asked)
    },
    says: ['grafana-panels: Estimated cost of calls without usage cannot be asked: query timed out'],
  },
  {
    what: 'the password that everybody knows',
    breaks: ({ standIns }) => void (standIns.answers.grafana['/api/user'] = { body: { login: 'admin' } }),
    says: ['grafana-login: admin is let in with the password admin'],
  },
  {
    what: 'an old price list',
    breaks: sample('(time() - max by (service_name) (ai_price', { service_name: 'desk' }, 91.3),
    says: ['prices-age: desk computes costs from a list that is 91 days old'],
  },
  {
    what: 'a model without a price',
    breaks: sample('reason!="no_usage"', { model: 'in-house', reason: 'unknown_model' }, 8),
    says: ['prices-unknown: 8 calls to in-house have no price: unknown_model'],
  },
  {
    what: 'calls that cost nothing',
    breaks: sample('sum(ai_cost_total)', {}, 0),
    says: ['prices-cost: 3 calls were answered, and their cost is 0'],
  },
  {
    what: 'a service that is pushed and scraped',
    breaks: sample('unless ai_requests_total', { service_name: 'desk' }, 2),
    says: ['prices-twice: desk sends OTLP and is scraped: its calls and costs are counted twice'],
  },
  {
    what: 'a clock that is wrong',
    breaks: ({ standIns }) =>
      void (standIns.answers.jaeger['/'] = () => ({ date: new Date(Date.now() + 90_000).toUTCString() })),
    // A `Date` header has whole seconds.
    says: [
      expect.stringMatching(/^clocks-skew: the clock of jaeger is (?:89|90) s ahead of this machine's$/) as string,
    ],
  },
]
