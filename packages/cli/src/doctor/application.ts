import { INSTRUMENTS } from '@tokenmeter/meter/names'
import { type Check, type CheckGroup, note, ok, problem, skipped } from './check.ts'
import { askMetricsPage, readMetricsPage } from './metrics-page.ts'
import { overhead } from './overhead.ts'
import { reach } from './reach.ts'
import { shutdown } from './shutdown.ts'

const { requests, requestDuration } = INSTRUMENTS
/** More series of one metric than this in one process is a label with too many values. */
const MANY_SERIES = 1000
/** Three exports by default, which come every 60 s. */
const OLD_SECONDS = 180
const TEXT_TYPES = /^(?:text\/plain|application\/openmetrics-text|application\/vnd\.google\.protobuf)/

const metrics: Check = {
  id: 'application-metrics',
  stages: ['post'],
  looksAt: '`/metrics` of the application',
  complains: 'nobody answers, or the page has a type that Prometheus 3 refuses',
  run: async ({ http, addresses }) =>
    await reach(
      http,
      `${addresses.application}/metrics`,
      'Start the application with --import @tokenmeter/node/register, or say where it is with --application',
      ({ url, status, contentType, text }) => {
        if (status !== 200) {
          return problem(`${url} answers ${status}`, 'Somebody else has the port: set OTEL_EXPORTER_PROMETHEUS_PORT')
        }
        if (TEXT_TYPES.test(contentType)) return ok(`${url} has ${readMetricsPage(text).length} samples`)
        return problem(
          `${url} has the type ${JSON.stringify(contentType)}, which Prometheus refuses`,
          'Somebody else has the port, or a proxy changes the answer: set OTEL_EXPORTER_PROMETHEUS_PORT',
        )
      },
    ),
}

const names: Check = {
  id: 'application-names',
  stages: ['post'],
  looksAt: 'the names on that page, and the counters that alerts look at',
  complains: 'a metric is missing, or has lost its unit: another exporter serves the page',
  run: async (context) => {
    const found = new Set((await askMetricsPage(context)).map(({ name }) => name))
    const withoutUnit = `${requestDuration.name.replaceAll('.', '_')}_bucket`
    if (found.has(withoutUnit)) {
      return problem(
        `${withoutUnit} has lost its unit: @opentelemetry/exporter-prometheus serves the page`,
        'Leave it out: @tokenmeter/node serves /metrics itself, and rules and boards know its names',
      )
    }
    const missing = Object.values(INSTRUMENTS)
      .filter(({ startsAtZero, prometheusName }) => startsAtZero && !found.has(prometheusName))
      .map(({ prometheusName }) => prometheusName)
    return missing.length === 0
      ? ok('every counter that alerts look at is there')
      : problem(
          `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing`,
          'Start the application with --import @tokenmeter/node/register',
        )
  },
}

const calls: Check = {
  id: 'application-calls',
  stages: ['post'],
  looksAt: 'whether calls are counted',
  complains: 'there was none: nothing was asked yet, or `openai` was loaded before it could be watched (a note)',
  run: async (context) => {
    const counted = (await askMetricsPage(context)).filter(({ name }) => name === requests.prometheusName)
    const total = counted.reduce((sum, { value }) => sum + value, 0)
    return total > 0
      ? ok(`${total} calls since it started`)
      : note(
          'the application has counted no call',
          'If it has made some: start it with --import @tokenmeter/node/register, before anything loads openai',
        )
  },
}

const series: Check = {
  id: 'application-series',
  stages: ['post', 'production'],
  looksAt: 'how many series each metric has in this process',
  complains: 'one has more than 1,000, or labels overflow',
  run: async (context) => {
    const samples = await askMetricsPage(context)
    const overflows = samples.find(
      ({ labels }) => labels['otel_metric_overflow'] === 'true' || labels['model'] === 'other',
    )
    if (overflows) {
      return problem(
        `labels of ${overflows.name} have more values than are kept apart`,
        'Take names of users or requests out of model and operation, or raise TOKENMETER_MAX_LABEL_VALUES',
      )
    }
    const counts = new Map<string, number>()
    for (const { name, labels } of samples) if (!('le' in labels)) counts.set(name, (counts.get(name) ?? 0) + 1)
    const [most] = [...counts].toSorted(([, one], [, other]) => other - one)
    if (!most) return skipped('the page is empty')
    const [name, count] = most
    return count > MANY_SERIES
      ? problem(
          `${name} has ${count} series in one process`,
          'Allow fewer labels in TOKENMETER_METRIC_ATTRIBUTION; user is one for each user',
        )
      : ok(`no metric has more than ${count} series`)
  },
}

const delivery: Check = {
  id: 'application-delivery',
  stages: ['post', 'production'],
  looksAt: 'whether what this process counts arrives in Prometheus, by its `service_instance_id`',
  complains: 'it did, and has not for three minutes; that nothing has arrived yet is a note',
  run: async (context) => {
    const instance = (await askMetricsPage(context)).find(({ name }) => name === 'target_info')?.labels[
      'service_instance_id'
    ]
    if (instance === undefined) return skipped('the page does not say which process it is of')
    const { prometheus } = context
    // Pushed, the counters say which process they are of; scraped, only the information about the target does.
    const ofProcess = [requests.prometheusName, 'target_info'].map(
      (name) => `${name}{service_instance_id="${instance}"}`,
    )
    const [known] = await prometheus.query(
      `count(${ofProcess.map((name) => `last_over_time(${name}[1d])`).join(' or ')})`,
    )
    if (!known) {
      return note(
        'nothing of this process has arrived in Prometheus yet; the first export comes after 60 s',
        'If that is over: see collector-otlp, and what the application says on stderr',
      )
    }
    const [newest] = await prometheus.query(
      `time() - max(${ofProcess.map((name) => `timestamp(${name})`).join(' or ')})`,
    )
    return newest && newest.value <= OLD_SECONDS
      ? ok(`what arrived last of this process is ${Math.round(newest.value)} s old`)
      : problem(
          'for three minutes nothing of this process has arrived in Prometheus',
          'The application says on stderr why it cannot deliver; see collector-otlp and collector-queue',
        )
  },
}

/** The application itself, by its page of metrics. */
export const application: CheckGroup = {
  name: 'application',
  checks: [metrics, names, calls, series, delivery, overhead, shutdown],
}
