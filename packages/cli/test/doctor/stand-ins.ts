import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { AddressName } from '../../src/doctor/addresses.ts'
import { RULE_GROUPS } from '../../src/doctor/prometheus.ts'

/** What a server answers; `undefined` never. */
interface Reply {
  readonly status?: number
  readonly type?: string
  readonly body?: unknown
  readonly date?: string
}

/** One question that a server was asked. */
interface Asked {
  readonly server: AddressName
  readonly method: string
  readonly path: string
  readonly body: string
}

type Answers = Record<string, Reply | 'never' | ((asked: Asked) => Reply)>

/** Servers on loopback that answer as those of a stack do that is well. A test changes what one of them answers at a path. */
export interface StandIns extends AsyncDisposable {
  readonly urls: Readonly<Record<AddressName, string>>
  readonly answers: Record<AddressName, Answers>
  /** Values of expressions of Prometheus that contain a text, the first that fits; none is an empty vector. */
  readonly samples: [contains: string, samples: readonly [labels: Record<string, string>, value: number][]][]
  /** Parts of expressions that have no data when Grafana asks; all others have. */
  readonly empty: string[]
  readonly asked: Asked[]
  stop(name: AddressName): Promise<void>
}

const METRICS_PAGE = `target_info{service_name="desk",service_instance_id="one"} 1
# HELP ai_requests_total Finished logical calls
# TYPE ai_requests_total counter
ai_requests_total 0
ai_requests_total{model="gpt-4o-mini",operation="chat_completion",provider="openai",status="success"} 3
ai_cost_total 0
ai_cost_total{model="gpt-4o-mini",operation="chat_completion",provider="openai"} 0.00083445
ai_errors_total 0
ai_rate_limit_hits_total 0
ai_retries_total 0
ai_unpriced_requests_total 0
ai_request_duration_seconds_bucket{model="gpt-4o-mini",operation="chat_completion",status="success",le="+Inf"} 3
`

const DASHBOARDS = new URL('../../../../collector/grafana/provisioning/dashboards/', import.meta.url)
/** The boards, as Grafana has them after it has read its files. */
const boards = readdirSync(DASHBOARDS)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, DASHBOARDS), 'utf8')) as { readonly uid: string })

const data = (value: unknown): Reply => ({ body: { status: 'success', data: value } })

function healthy(): Record<AddressName, Answers> {
  return {
    application: { '/metrics': { type: 'text/plain; version=0.0.4; charset=utf-8', body: METRICS_PAGE } },
    otlp: { '/v1/traces': { body: { partialSuccess: {} } }, '/v1/metrics': { body: { partialSuccess: {} } } },
    collector: { '/': { body: { status: 'Server available' } } },
    prometheus: {
      '/-/ready': { type: 'text/plain', body: 'Prometheus Server is Ready.\n' },
      '/api/v1/status/buildinfo': data({ version: '3.16.0' }),
      '/api/v1/status/flags': data({ 'web.enable-otlp-receiver': 'true', 'storage.tsdb.retention.time': '31d' }),
      '/api/v1/status/tsdb': data({
        headStats: { numSeries: 812 },
        seriesCountByMetricName: [{ name: 'ai_requests_total', value: 12 }],
      }),
      '/api/v1/targets': data({ activeTargets: [{ labels: { job: 'jaeger' }, health: 'up', lastError: '' }] }),
      '/api/v1/rules': data({
        groups: RULE_GROUPS.map((name) => ({
          name,
          interval: 30,
          evaluationTime: 0.004,
          rules: [{ name: `rule of ${name}`, health: 'ok' }],
        })),
      }),
      '/api/v1/alertmanagers': data({ activeAlertmanagers: [{ url: 'http://127.0.0.1:9093/api/v2/alerts' }] }),
    },
    alertmanager: {
      '/-/ready': { type: 'text/plain', body: 'OK' },
      '/api/v2/status': {
        body: {
          versionInfo: { version: '0.31.1' },
          config: { original: 'receivers:\n- name: pager\n  webhook_configs:\n  - url_file: /etc/page\n' },
        },
      },
      '/api/v2/alerts': { body: [{ labels: { alertname: 'TokenmeterDoctor' }, receivers: [{ name: 'nobody' }] }] },
    },
    jaeger: {
      // As Jaeger 2.13 answers: JSON that calls itself plain text.
      '/api/v3/services': { type: 'text/plain; charset=utf-8', body: { services: ['desk', 'jaeger'] } },
      '/api/v3/traces': { body: { result: { resourceSpans: [{ attributes: [{ key: 'gen_ai.operation.name' }] }] } } },
    },
    grafana: {
      '/api/health': { body: { database: 'ok', version: '13.2.3' } },
      '/api/datasources/uid/prometheus/health': { body: { status: 'OK', message: '' } },
      '/api/datasources/uid/jaeger/health': { body: { status: 'OK', message: '' } },
      '/api/frontend/settings': {
        body: {
          datasources: {
            Prometheus: {
              uid: 'prometheus',
              jsonData: { exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'jaeger' }] },
            },
          },
        },
      },
      '/api/search': { body: boards.map(({ uid }) => ({ uid })) },
      ...Object.fromEntries(
        boards.map((board) => [`/api/dashboards/uid/${board.uid}`, { body: { meta: {}, dashboard: board } }]),
      ),
      '/api/user': { status: 401, body: { message: 'Invalid username or password' } },
    },
  }
}

/** What Prometheus knows when all is well. */
function healthySamples(): StandIns['samples'] {
  return [
    ['tokenmeter_doctor{', [[{ service_name: 'tokenmeter-doctor' }, Number.parseInt('0af7651916cd', 16)]]],
    ['target_info{service_name=~"otelcol', [[{ 'service.version': '0.161.0' }, 1]]],
    ['otelcol_receiver_accepted_spans', [[{}, 240]]],
    ['otelcol_exporter_sent_spans', [[{ exporter: 'otlp_http/jaeger' }, 240]]],
    ['count(last_over_time(ai_requests_total{service_instance_id="one"}[1d])', [[{}, 4]]],
    ['time() - max(timestamp(ai_requests_total{service_instance_id="one"})', [[{}, 12]]],
    ['jaeger_storage_latency_seconds_count', [[{ kind: 'badger' }, 12]]],
    ['otelcol_exporter_queue_size', [[{ exporter: 'otlp_http/jaeger' }, 0.01]]],
    ['time() - max by (service_name) (timestamp(', [[{ service_name: 'desk' }, 12]]],
    ['(time() - max by (service_name)', [[{ service_name: 'desk' }, 5.5]]],
    ['increase(ai_requests_total{service_name!=""}[1h])', [[{ service_name: 'desk' }, 3]]],
    ['sum(max_over_time(', [[{}, 0]]],
    ['sum(ai_requests_total{status="success"})', [[{}, 3]]],
    ['sum(ai_cost_total)', [[{}, 0.00083445]]],
  ]
}

/** Starts a stand-in for everything that has an address. */
export async function startStandIns(): Promise<StandIns> {
  const answers = healthy()
  const samples = healthySamples()
  const empty: string[] = []
  const asked: Asked[] = []
  const names = Object.keys(answers) as AddressName[]
  const servers = new Map<AddressName, ReturnType<typeof createServer>>()
  answers.grafana['/api/datasources/proxy/uid/prometheus/api/v1/query'] = ({ path }) => {
    const expression = expressionIn(path)
    const result = empty.some((part) => expression.includes(part)) ? [] : [{ metric: {}, value: [0, '1'] }]
    return data({ resultType: 'vector', result })
  }
  answers.prometheus['/api/v1/query'] = ({ path }) => {
    const expression = expressionIn(path)
    const found = samples.find(([contains]) => expression.includes(contains))?.[1] ?? []
    const result = found.map(([metric, value]) => ({ metric, value: [0, String(value)] }))
    return data({ resultType: 'vector', result })
  }
  const urls = {} as Record<AddressName, string>
  for (const name of names) {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const question = { server: name, method: request.method ?? '', path: request.url ?? '', body }
        asked.push(question)
        answer(response, answers[name], question)
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.set(name, server)
    urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const stop = async (name: AddressName): Promise<void> => {
    const server = servers.get(name)
    servers.delete(name)
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return {
    urls,
    answers,
    samples,
    empty,
    asked,
    stop,
    [Symbol.asyncDispose]: async () => void (await Promise.all(names.map(stop))),
  }
}

const expressionIn = (path: string): string => new URL(path, 'http://here').searchParams.get('query') ?? ''

function answer(response: ServerResponse, answers: Answers, asked: Asked): void {
  const { pathname } = new URL(asked.path, 'http://here')
  const path = Object.keys(answers).find((known) => pathname === known || pathname.startsWith(`${known}/`))
  const found = path === undefined ? { status: 404, type: 'text/plain', body: '404 page not found' } : answers[path]
  if (found === 'never' || found === undefined) return
  const { status = 200, type = 'application/json', body, date } = typeof found === 'function' ? found(asked) : found
  response.writeHead(status, { 'content-type': type, ...(date && { date }) })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
