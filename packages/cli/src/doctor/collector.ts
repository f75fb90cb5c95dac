import { type Check, type CheckGroup, type Finding, ok, problem, skipped } from './check.ts'
import { pipelines } from './collector-config.ts'
import type { Answer } from './http.ts'
import { parseJson } from './prometheus-api.ts'
import { reach } from './reach.ts'
import { testMetric, testSpan } from './test-data.ts'

/** A queue that is fuller than this is one that does not empty: the threshold of OtelCollectorQueueFilling. */
export const FULL = 0.8
/** Of fewer spans a gateway that samples may well keep none. */
const FEW_SPANS = 100
/** Since then components are named in snake case, as in collector/otelcol.yaml. */
const MINIMUM_VERSION = [0, 155] as const
const GRPC_UNTRIED = 'OTLP by gRPC is not tried: say with --otlp where the Collector takes HTTP, mostly port 4318'
const SIGNALS = ['spans', 'metric_points', 'log_records']

const health: Check = {
  id: 'collector-health',
  stages: ['pre', 'post', 'production'],
  looksAt: 'the health of the Collector',
  complains: 'it does not answer, or not with 200',
  run: async ({ http, addresses }) =>
    await reach(
      http,
      addresses.collector,
      'Start it: docker compose up, or pnpm stack; or say where it is with --collector',
      ({ url, status }) =>
        status === 200
          ? ok('it is up')
          : problem(
              `${url} answers ${status}: it is starting, or stopping`,
              'Read its log: docker compose logs otel-collector',
            ),
    ),
}

const otlp: Check = {
  id: 'collector-otlp',
  stages: ['pre', 'post', 'production'],
  looksAt: 'whether OTLP over HTTP is taken, by requests with nothing in them',
  complains: 'nobody listens, somebody else does, a token is asked for, or it refuses',
  run: async ({ http, addresses, env }) => {
    if (isGrpc(addresses.otlp, env)) return skipped(GRPC_UNTRIED)
    for (const signal of ['traces', 'metrics']) {
      const finding = await reach(
        http,
        `${addresses.otlp}/v1/${signal}`,
        'Start the Collector, or set OTEL_EXPORTER_OTLP_ENDPOINT; in a container, localhost is the container itself',
        (answer) => judgeExport(answer, signal),
        post('{}', env),
      )
      if (finding.result !== 'ok') return finding
    }
    return ok(`${addresses.otlp} takes traces and metrics`)
  },
}

function judgeExport({ url, status, text }: Answer, what: string): Finding {
  if (status === 401 || status === 403) {
    return problem(
      `${url} answers ${status}: it wants a token`,
      'Set OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20…',
    )
  }
  if (status === 429 || status === 503) {
    return problem(
      `${url} answers ${status}: its memory or a queue is full`,
      'Give it more memory, or repair what it sends to',
    )
  }
  const body = parseJson(text)
  if (status !== 200 || typeof body !== 'object' || body === null) {
    return problem(
      `${url} answers ${status}, not as a Collector does`,
      'Somebody else has the port: set OTEL_EXPORTER_OTLP_ENDPOINT',
    )
  }
  const { partialSuccess } = body as { readonly partialSuccess?: { readonly errorMessage?: string } }
  return partialSuccess?.errorMessage
    ? problem(`${url} refuses a part of the ${what}: ${partialSuccess.errorMessage}`, 'Read the log of the Collector')
    : ok(`${url} takes ${what}`)
}

const refused = sumCheck({
  id: 'collector-refused',
  looksAt: 'what the Collector refused within 15 minutes',
  complains: 'it refused something: its memory or a queue is full',
  metrics: ['otelcol_receiver_refused'],
  label: 'receiver',
  says: 'it refused data',
  cure: 'Give it more memory, and memory_limiter as well; or repair what it sends to',
})

const failed = sumCheck({
  id: 'collector-failed',
  looksAt: 'what the Collector could not hand over within 15 minutes',
  complains: 'it gave something up, which is lost',
  metrics: ['otelcol_exporter_send_failed', 'otelcol_exporter_enqueue_failed'],
  label: 'exporter',
  says: 'it lost data',
  cure: 'Read its log for the exporter that is named; repair what it sends to',
})

interface SumCheck {
  readonly id: string
  readonly looksAt: string
  readonly complains: string
  /** Without the signal, which is at the end of the name. */
  readonly metrics: readonly string[]
  readonly label: string
  readonly says: string
  readonly cure: string
}

/** A check that a group of the Collector's own counters does not grow. Prometheus is asked, because only it reaches them in every kind of stack. */
function sumCheck({ id, looksAt, complains, metrics, label, says, cure }: SumCheck): Check {
  return {
    id,
    looksAt,
    complains,
    stages: ['post', 'production'],
    run: async ({ prometheus }) => {
      const names = metrics.flatMap((metric) => SIGNALS.map((signal) => `${metric}_${signal}`))
      // Each name for itself, with and without the suffix, which depends on how the Collector is asked: an increase has no name, and two would be one series.
      const grown = await Promise.all(
        names.map((name) => prometheus.query(`sum by (${label}) (increase({__name__=~"${name}(_total)?"}[15m])) > 0`)),
      )
      const [worst] = grown.flat().toSorted((one, other) => other.value - one.value)
      if (!worst) return ok('none within 15 minutes')
      return problem(`${says}: ${Math.ceil(worst.value)} items at ${worst.labels[label]} within 15 minutes`, cure)
    },
  }
}

const queue: Check = {
  id: 'collector-queue',
  stages: ['post', 'production'],
  looksAt: 'how full the queues of the Collector are',
  complains: 'one is fuller than 80%: what it sends to is slow, down, or at another address',
  run: async ({ prometheus }) => {
    const queues = await prometheus.query(
      'max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)',
    )
    const [fullest] = queues.toSorted((one, other) => other.value - one.value)
    if (!fullest) {
      return problem('Prometheus has no metrics of the Collector', 'Add it to collector/prometheus/targets/')
    }
    const share = `${Math.round(fullest.value * 100)}%`
    return fullest.value > FULL
      ? problem(
          `the queue of ${fullest.labels['exporter']} is ${share} full`,
          'Repair what it sends to; its log has the address',
        )
      : ok(`the fullest queue is ${share} full`)
  },
}

const passed: Check = {
  id: 'collector-passed',
  stages: ['post', 'production'],
  looksAt: 'how many spans the Collector took and handed over within 15 minutes',
  complains: 'it took some, and an exporter handed over none',
  run: async ({ prometheus }) => {
    const [accepted] = await prometheus.query(`sum(${spansWithin('receiver_accepted')})`)
    const taken = Math.round(accepted?.value ?? 0)
    if (taken < FEW_SPANS) return ok(`${taken} spans within 15 minutes`)
    const sent = await prometheus.query(`sum by (exporter) (${spansWithin('exporter_sent')})`)
    const [least] = sent.toSorted((one, other) => one.value - other.value)
    return least && least.value > 0
      ? ok(`${taken} spans taken; ${Math.round(least.value)} at least handed over by each exporter`)
      : problem(
          `it took ${taken} spans and handed over none${least ? ` to ${least.labels['exporter']}` : ''}`,
          'See collector-queue and its log; a gateway that samples may have kept none: see tail_sampling',
        )
  },
}

/** With and without the suffix: see `sumCheck`. */
const spansWithin = (what: string): string => `increase({__name__=~"otelcol_${what}_spans(_total)?"}[15m])`

const version: Check = {
  id: 'collector-version',
  stages: ['pre', 'production'],
  looksAt: 'the version of the Collector, by its metrics in Prometheus',
  complains: `it is older than ${MINIMUM_VERSION.join('.')}: names in collector/otelcol.yaml are unknown to it`,
  run: async ({ prometheus }) => {
    // otelcol, otelcol-contrib, and what else calls itself so; scraped by Prometheus 3 its labels keep their dots.
    const [found] = await prometheus.query(
      '{__name__="target_info", "service.name"=~"otelcol.*"} or target_info{service_name=~"otelcol.*"}',
    )
    const text = found?.labels['service.version'] ?? found?.labels['service_version']
    if (text === undefined) return skipped('Prometheus has no version of the Collector')
    const [major = 0, minor = 0] = text.replace(/^v/, '').split('.').map(Number)
    return major > MINIMUM_VERSION[0] || minor >= MINIMUM_VERSION[1]
      ? ok(`Collector ${text}`)
      : problem(`Collector ${text} is older than ${MINIMUM_VERSION.join('.')}`, 'Use the image of docker-compose.yml')
  },
}

const written: Check = {
  id: 'collector-written',
  stages: ['post'],
  looksAt: 'whether one span and one metric of the doctor are taken',
  complains: 'they are refused',
  writes: true,
  run: async ({ http, addresses, env, runId }) => {
    if (isGrpc(addresses.otlp, env)) return skipped(GRPC_UNTRIED)
    for (const [signal, body] of [
      ['traces', testSpan(runId)],
      ['metrics', testMetric(runId)],
    ] as const) {
      const answer = await http.ask(`${addresses.otlp}/v1/${signal}`, post(JSON.stringify(body), env))
      const finding = judgeExport(answer, signal)
      if (finding.result !== 'ok') return finding
    }
    return ok('a span and a metric were taken')
  },
}

/** The Collector, by its ports and by what Prometheus knows of it. */
export const collector: CheckGroup = {
  name: 'collector',
  checks: [health, version, otlp, pipelines, refused, failed, queue, passed, written],
}

/** The port of gRPC, where HTTP is not understood (OTLP specification, "OTLP/gRPC Default Port"). */
function isGrpc(url: string, env: NodeJS.ProcessEnv): boolean {
  return env['OTEL_EXPORTER_OTLP_PROTOCOL'] === 'grpc' && new URL(url).port === '4317'
}

function post(body: string, env: NodeJS.ProcessEnv) {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...otlpHeaders(env) }, body } as const
}

/** `OTEL_EXPORTER_OTLP_HEADERS`: pairs with commas, values percent-encoded (OpenTelemetry, "Protocol Exporter"). */
function otlpHeaders(env: NodeJS.ProcessEnv): Record<string, string> {
  const pairs = (env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '').split(',').filter((pair) => pair.includes('='))
  return Object.fromEntries(
    pairs.map((pair) => {
      const middle = pair.indexOf('=')
      const value = pair.slice(middle + 1).trim()
      return [pair.slice(0, middle).trim(), /%(?![\da-fA-F]{2})/.test(value) ? value : decodeURIComponent(value)]
    }),
  )
}
