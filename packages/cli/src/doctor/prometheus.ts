import { INSTRUMENTS } from '@tokenmeter/meter/names'
import { type Check, type CheckGroup, note, ok, problem } from './check.ts'
import { DOCTOR_METRIC, DOCTOR_SERVICE, testValue } from './test-data.ts'
import { reach } from './reach.ts'
import { waitFor } from './wait.ts'

const CALLS = INSTRUMENTS.requests.prometheusName
/** Groups of the rules in collector/prometheus/rules/. */
export const RULE_GROUPS: readonly string[] = [
  'ai-alerts',
  'ai-normalise',
  'ai-slo',
  'ai-telemetry-health',
  'ai-thresholds',
]
/** Applications export every 60 s by default, and Prometheus looks back five minutes. */
const OLD_SECONDS = 180
const MANY_SERIES = 1_000_000
const MANY_SERIES_OF_ONE = 5000
/** What the panels of service levels look back on. */
const OBJECTIVE_DAYS = 30
const DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, y: 365 }

const ready: Check = {
  id: 'prometheus-ready',
  stages: ['pre', 'post', 'production'],
  looksAt: 'whether Prometheus answers, and its version',
  complains: 'it does not, or is older than 3',
  run: async ({ http, addresses, prometheus }) => {
    const finding = await reach(
      http,
      `${addresses.prometheus}/-/ready`,
      'Start it: docker compose up, or pnpm stack; or say where it is with --prometheus',
      ({ url, status }) =>
        status === 200
          ? ok('ready')
          : problem(`${url} answers ${status}: it is not ready`, 'Read its log: it may replay its data'),
    )
    if (finding.result !== 'ok') return finding
    const { version } = await prometheus.get<{ readonly version: string }>('status/buildinfo')
    return Number(version.split('.')[0]) >= 3
      ? ok(`Prometheus ${version}`)
      : problem(`Prometheus ${version} does not know how to keep the names of OTLP`, 'Install version 3')
  },
}

const otlp: Check = {
  id: 'prometheus-otlp',
  stages: ['pre'],
  looksAt: 'the flag that lets Prometheus take OTLP',
  complains: 'it is off: the Collector cannot hand metrics over',
  run: async ({ prometheus }) => {
    const flags = await prometheus.get<Readonly<Record<string, string>>>('status/flags')
    return flags['web.enable-otlp-receiver'] === 'true'
      ? ok('it takes OTLP')
      : problem('it takes no OTLP', 'Start it with --web.enable-otlp-receiver, or have it scrape the Collector')
  },
}

const retention: Check = {
  id: 'prometheus-retention',
  stages: ['production'],
  looksAt: 'for how long Prometheus keeps data',
  complains: 'it is less than the 30 days of service levels (a note)',
  run: async ({ prometheus }) => {
    const flags = await prometheus.get<Readonly<Record<string, string>>>('status/flags')
    const text = flags['storage.tsdb.retention.time'] || '15d'
    const days = [...text.matchAll(/(\d+)([hdwy])/g)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (DAYS[unit ?? ''] ?? 0),
      0,
    )
    return days === 0 || days >= OBJECTIVE_DAYS
      ? ok(`data is kept for ${text}`)
      : note(`data is kept for ${text}, and service levels are about 30 days`, 'Raise --storage.tsdb.retention.time')
  },
}

interface Target {
  readonly labels: Readonly<Record<string, string>>
  readonly health: string
  readonly lastError: string
}

const targets: Check = {
  id: 'prometheus-targets',
  stages: ['post', 'production'],
  looksAt: 'what Prometheus scrapes',
  complains: 'a target is down',
  run: async ({ prometheus }) => {
    const { activeTargets } = await prometheus.get<{ readonly activeTargets: readonly Target[] }>(
      'targets?state=active',
    )
    const down = activeTargets.find(({ health }) => health === 'down')
    if (!down) return ok(`${activeTargets.length} targets, none is down`)
    const { job, instance } = down.labels
    return problem(
      `${job} at ${instance} is down: ${down.lastError}`,
      'Start it, or correct its address in collector/prometheus/targets/',
    )
  },
}

interface RuleGroup {
  readonly name: string
  /** Seconds. */
  readonly interval: number
  /** How long the last evaluation took, in seconds. */
  readonly evaluationTime: number
  readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[]
}

const rules: Check = {
  id: 'prometheus-rules',
  stages: ['pre', 'post', 'production'],
  looksAt: 'the rules in `collector/prometheus/rules/`',
  complains: 'a group is not loaded, a rule cannot be evaluated, or a group takes longer than its interval',
  run: async ({ prometheus }) => {
    const { groups } = await prometheus.get<{ readonly groups: readonly RuleGroup[] }>('rules')
    const missing = RULE_GROUPS.filter((name) => !groups.some((group) => group.name === name))
    if (missing.length > 0) {
      return problem(
        `rules are not loaded: ${missing.join(', ')}`,
        'Put collector/prometheus/rules/ under rule_files, and reload: curl -X POST …/-/reload',
      )
    }
    const failing = groups.flatMap((group) => group.rules).find(({ health }) => health === 'err')
    if (failing) {
      return problem(
        `${failing.name} cannot be evaluated: ${failing.lastError}`,
        'Correct it; pnpm rules:check finds what is wrong',
      )
    }
    const slow = groups.find(({ evaluationTime, interval }) => evaluationTime > interval)
    return slow
      ? problem(
          `${slow.name} takes ${slow.evaluationTime.toFixed(1)} s, and is to be evaluated every ${slow.interval} s`,
          'Prometheus has too many series or too little processor: see prometheus-series',
        )
      : ok(`${groups.reduce((sum, group) => sum + group.rules.length, 0)} rules are evaluated`)
  },
}

const alertmanagers: Check = {
  id: 'prometheus-alertmanager',
  stages: ['pre', 'post', 'production'],
  looksAt: 'whether Prometheus knows an Alertmanager',
  complains: 'it knows none: alerts reach nobody',
  run: async ({ prometheus }) => {
    const { activeAlertmanagers } = await prometheus.get<{ readonly activeAlertmanagers: readonly unknown[] }>(
      'alertmanagers',
    )
    return activeAlertmanagers.length > 0
      ? ok('it knows an Alertmanager')
      : problem('it knows no Alertmanager: alerts reach nobody', 'Add one to collector/prometheus/alertmanagers/')
  },
}

const arrived: Check = {
  id: 'prometheus-calls',
  stages: ['post', 'production'],
  looksAt: 'whether metrics of calls are there, and new',
  complains: 'there are none, or the newest are older than three minutes',
  run: async ({ prometheus }) => {
    const services = await prometheus.query(`time() - max by (service_name) (timestamp(last_over_time(${CALLS}[1d])))`)
    const instants = await prometheus.query(`time() - max by (service_name) (timestamp(${CALLS}))`)
    if (services.length === 0) {
      return problem(
        `there is no series of ${CALLS}`,
        'Start the application with --import @tokenmeter/node/register and OTEL_EXPORTER_OTLP_ENDPOINT; the first export comes after 60 s',
      )
    }
    const newest = Math.min(...instants.map(({ value }) => value))
    return newest <= OLD_SECONDS
      ? ok(
          `metrics of ${instants.length === 1 ? '1 service' : `${instants.length} services`}, the newest ${Math.round(newest)} s old`,
        )
      : problem(
          'metrics of calls were there within a day, and come no more',
          'See whether the application runs, and whether collector-otlp is well',
        )
  },
}

const labels: Check = {
  id: 'prometheus-labels',
  stages: ['post'],
  looksAt: 'whether series say which service they are of',
  complains: '`service_name` is missing: rules and boards tell services apart by it',
  run: async ({ prometheus }) => {
    const nameless = await prometheus.query(`count(${CALLS}{service_name=""})`)
    return nameless.length === 0
      ? ok('series have the name of their service')
      : problem(
          `${nameless[0]?.value} series of ${CALLS} have no service_name`,
          'Put service.name under otlp.promote_resource_attributes in prometheus.yml; scraped ones need a relabelling',
        )
  },
}

interface TsdbStatus {
  readonly headStats: { readonly numSeries: number }
  readonly seriesCountByMetricName: readonly { readonly name: string; readonly value: number }[]
}

const series: Check = {
  id: 'prometheus-series',
  stages: ['production'],
  looksAt: 'how many series Prometheus holds, in all and of each metric',
  complains: 'more than a million, or more than 5,000 of a metric of calls',
  run: async ({ prometheus }) => {
    const { headStats, seriesCountByMetricName } = await prometheus.get<TsdbStatus>('status/tsdb')
    if (headStats.numSeries > MANY_SERIES) {
      return problem(
        `${headStats.numSeries} series: about ${Math.round((headStats.numSeries * 5) / 1e6)} GB of memory`,
        'Drop labels, or see "Growing" in docs/operations.md',
      )
    }
    const most = seriesCountByMetricName.find(({ name }) => /^(?:ai|gen_ai)_/.test(name))
    return most && most.value > MANY_SERIES_OF_ONE
      ? problem(
          `${most.name} has ${most.value} series`,
          'Allow fewer labels in TOKENMETER_METRIC_ATTRIBUTION; user is one for each user',
        )
      : ok(`${headStats.numSeries} series`)
  },
}

const firing: Check = {
  id: 'prometheus-alerts',
  stages: ['production'],
  looksAt: 'alerts that fire',
  complains: 'some do (a note)',
  run: async ({ prometheus }) => {
    const alerts = await prometheus.query('count by (alertname) (ALERTS{alertstate="firing"})')
    const names = alerts.map((alert) => alert.labels['alertname'] ?? '').toSorted()
    return names.length === 0
      ? ok('no alert fires')
      : note(`alerts fire: ${names.join(', ')}`, 'docs/operations.md says what each means')
  },
}

const written: Check = {
  id: 'prometheus-written',
  stages: ['post'],
  looksAt: 'whether the metric of collector-written arrives',
  complains: 'it does not, within six times the time-out',
  writes: true,
  run: async ({ prometheus, runId, patienceMs }) => {
    const expected = testValue(runId)
    const found = await waitFor(patienceMs, async () => {
      const samples = await prometheus.query(`${DOCTOR_METRIC}{service_name="${DOCTOR_SERVICE}"}`)
      return samples.find(({ value }) => value === expected)
    })
    return found
      ? ok('the metric of the doctor arrived')
      : problem(
          'the metric of the doctor did not arrive',
          'See collector-queue and the log of the Collector; PROMETHEUS_URL of the Collector may be wrong',
        )
  },
}

/** Prometheus, by its API. */
export const prometheus: CheckGroup = {
  name: 'prometheus',
  checks: [ready, otlp, retention, targets, rules, alertmanagers, arrived, labels, series, firing, written],
}
