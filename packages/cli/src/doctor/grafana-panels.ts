import { INSTRUMENTS } from '@tokenmeter/meter/names'
import { askPanels, fingerprint, type Panel } from './boards.ts'
import { type Check, type Finding, note, ok, problem, skipped } from './check.ts'
import type { Context } from './context.ts'
import { SHIPPED_BOARDS } from '../generated/boards.ts'
import { namesOf } from './grafana-boards.ts'
import { NoAnswer } from './http.ts'
import { Prometheus, Refused } from './prometheus-api.ts'

/** What panels are asked about, and how long ago a metric may have been there last: shorter than what a board shows at first, because it costs little. */
const RANGE = '1h'
const CALLS = INSTRUMENTS.requests.prometheusName

/** Where some metrics come from. */
interface Source {
  readonly families: RegExp
  readonly cure: string
}

const STARTS_AT_ZERO = Object.values(INSTRUMENTS).filter(({ startsAtZero }) => startsAtZero)

/** Metrics that are there as soon as there is an application, whatever it does, and where they come from. */
export const ALWAYS: readonly Source[] = [
  {
    families: new RegExp(`^(?:${STARTS_AT_ZERO.map(({ prometheusName }) => prometheusName).join('|')})$`),
    cure: 'They begin at 0 in every process: see application-names',
  },
  {
    // By normalise.yml and slo.yml, from those counters; and constants.
    families:
      /^ai:(?:threshold_\w+|(?:requests|errors|cost_usd|rate_limit_hits|retries|slo_calls|slo_failures):increase5m)$/,
    cure: 'Load collector/prometheus/rules/ of the release that the boards are of, and see prometheus-rules',
  },
  {
    families: /^(?:up|scrape_\w+|prometheus_\w+)$/,
    cure: 'Have Prometheus scrape itself, as collector/prometheus/prometheus.yml does',
  },
]

/** A query of a panel, and what it came to. */
interface Asked {
  readonly panel: string
  readonly families: readonly string[]
  readonly hasData: boolean
  /** Why it could not be asked. */
  readonly error?: string
}

/** Whether the panels of the boards have data, as far as there can be any. */
export const panels: Check = {
  id: 'grafana-panels',
  stages: ['post', 'production'],
  looksAt:
    'what every panel of the boards asks, by the data source of Grafana or else by Prometheus itself, with everything chosen, about an hour',
  complains:
    'it cannot be asked, or has no data because a metric that is always there is missing; that nothing has reported a metric, because it is not used or by another profile, is a note, and a panel whose metrics are there, but for nothing that it would show, is well',
  run: async (context) => {
    const shown: Panel[] = []
    for (const { uid } of SHIPPED_BOARDS) {
      const panelsOfBoard = await askPanels(context, uid)
      if (!panelsOfBoard) return skipped(`it does not show what is on ${uid}`)
      shown.push(...panelsOfBoard)
    }
    const prometheus = await sourceOf(context)
    if (!(await exists(prometheus, CALLS))) {
      return skipped('no call was counted within an hour: prometheus-calls says what to do')
    }
    const asked = await askQueries(prometheus, shown)
    const failed = asked.find(({ error }) => error !== undefined)
    return failed
      ? problem(
          `${failed.panel} cannot be asked: ${failed.error}`,
          'Where it takes too long, Prometheus has too much to look at: see prometheus-series',
        )
      : await judge(prometheus, asked)
  },
}

/** Grafana asks for its panels; where it asks for nobody but who has logged in, Prometheus itself. */
async function sourceOf({ http, addresses, prometheus }: Context): Promise<Prometheus> {
  const proxy = new Prometheus(`${addresses.grafana}/api/datasources/proxy/uid/prometheus`, http)
  try {
    await proxy.query('vector(1)')
    return proxy
  } catch (error) {
    if (error instanceof NoAnswer) return prometheus
    throw error
  }
}

/** Asks what panels ask in this release, as far as Grafana has them; what it has not is for grafana-boards to say. */
async function askQueries(prometheus: Prometheus, shown: readonly Panel[]): Promise<Asked[]> {
  const expressions = new Map(shown.flatMap((panel) => panel.expressions.map((text) => [fingerprint(text), text])))
  const asked: Asked[] = []
  for (const { title, queries } of SHIPPED_BOARDS.flatMap((board) => board.panels)) {
    for (const [print, ...families] of queries) {
      const expression = expressions.get(print)
      if (expression === undefined) continue
      asked.push({ panel: title, families, ...(await ask(prometheus, expression)) })
    }
  }
  return asked
}

async function ask(prometheus: Prometheus, expression: string): Promise<Pick<Asked, 'hasData' | 'error'>> {
  try {
    const samples = await prometheus.query(withEverything(expression))
    return { hasData: samples.some(({ value }) => !Number.isNaN(value)) }
  } catch (error) {
    if (error instanceof Refused) return { hasData: false, error: error.reason }
    throw error
  }
}

/** Whether what is empty may be, by what Prometheus has of its metrics. */
async function judge(prometheus: Prometheus, asked: readonly Asked[]): Promise<Finding> {
  const empty = asked.filter(({ hasData }) => !hasData)
  const missing = new Set<string>()
  for (const family of new Set(empty.flatMap(({ families }) => families))) {
    if (!(await exists(prometheus, family))) missing.add(family)
  }
  for (const { families: always, cure } of ALWAYS) {
    const lost = [...missing].filter((family) => always.test(family))
    if (lost.length === 0) continue
    const titles = titlesOf(empty.filter(({ families }) => families.some((family) => lost.includes(family))))
    return problem(`panels are empty: ${namesOf(titles)}; there is no ${namesOf(lost)}`, cure)
  }
  const unused = empty.filter(({ families }) => families.every((family) => missing.has(family)))
  const line = `${asked.length - empty.length} of ${asked.length} queries of the boards have data`
  return unused.length === 0
    ? ok(`${line}, the others nothing to show`)
    : note(
        `${line}; nothing has reported what these show: ${namesOf(titlesOf(unused))}`,
        'That is well where it is not used: budgets, streams, quotas in headers and caches have metrics of their own, see docs/metrics.md',
      )
}

/** Whether there is any series of a metric; of alerts there are only those that fire. */
async function exists(prometheus: Prometheus, family: string): Promise<boolean> {
  if (family === 'ALERTS') return true
  return (await prometheus.query(`group(last_over_time(${family}[${RANGE}]))`)).length > 0
}

const titlesOf = (asked: readonly Asked[]): string[] => [...new Set(asked.map(({ panel }) => panel))]

/** An expression as Grafana asks it with "All" chosen everywhere. */
function withEverything(expression: string): string {
  return expression
    .replaceAll('$__range', RANGE)
    .replaceAll('$__rate_interval', '5m')
    .replaceAll(/\$(?:environment|service|model)\b/g, '.*')
}
