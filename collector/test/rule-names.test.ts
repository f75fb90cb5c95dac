import { INSTRUMENTS, profileMetrics, SEMCONV_PROFILES } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { groupingLabelsOf, selectorsOf } from '../rules/promql.ts'
import { nameOf, type PlacedRule, readRules } from '../rules/rule-files.ts'

const rules = readRules()
const ours = new Map(Object.values(INSTRUMENTS).map((instrument) => [instrument.prometheusName, instrument]))
/** Names of the conventions, in all profiles, as Prometheus has them. */
const conventions = new Set(
  SEMCONV_PROFILES.flatMap(profileMetrics).map(({ name, unit, instrument }) => {
    return name.replaceAll('.', '_') + (unit === 's' ? '_seconds' : '') + (instrument === 'counter' ? '_total' : '')
  }),
)
const recorded = new Map(rules.flatMap(({ rule }) => (rule.record ? [[rule.record, rule.expr] as const] : [])))
/** What the servers of the stack say about themselves. */
const SERVERS = /^(?:up|otelcol_\w+|prometheus_\w+|alertmanager_\w+)$/
/** Labels of the resource, which Prometheus promotes or makes. */
const RESOURCE_LABELS = ['deployment_environment_name', 'service_name']

function withoutSuffix(metric: string): string {
  return metric.replace(/_(?:bucket|count|sum)$/, '')
}

function isKnown(metric: string): boolean {
  return (
    ours.has(metric) ||
    ours.has(withoutSuffix(metric)) ||
    conventions.has(withoutSuffix(metric)) ||
    recorded.has(metric) ||
    SERVERS.test(metric)
  )
}

/** Labels that a series of this name may have; `undefined` when that is not for us to say. */
function labelsOf(metric: string): string[] | undefined {
  const instrument = ours.get(metric) ?? ours.get(withoutSuffix(metric))
  if (instrument) return [...instrument.labels, ...RESOURCE_LABELS, ...(metric.endsWith('_bucket') ? ['le'] : [])]
  const expression = recorded.get(metric)
  if (expression === undefined) return undefined
  const grouped = groupingLabelsOf(expression)
  return grouped.length > 0
    ? grouped
    : selectorsOf(expression).flatMap(({ metric: source }) => labelsOf(source ?? '') ?? [])
}

describe.each(rules.map((placed): [string, PlacedRule] => [nameOf(placed.rule), placed]))('%s', (_name, { rule }) => {
  const selectors = selectorsOf(rule.expr)

  test('selects metrics that are in the table of instruments, recorded here, or told by the servers', () => {
    const metrics = selectors.flatMap(({ metric }) => metric ?? [])
    expect(metrics.filter((metric) => !isKnown(metric))).toEqual([])
  })

  test('selects by labels that these metrics have', () => {
    const wrong = selectors.filter(({ metric, matchers }) => {
      const labels = metric === undefined ? undefined : labelsOf(metric)
      return labels && matchers.some((label) => !labels.includes(label))
    })
    expect(wrong).toEqual([])
  })
})

test('raw names are used where they are normalised, and elsewhere for gauges and for silence only', () => {
  const raw = rules
    .filter(({ file }) => file !== 'normalise.yml')
    .flatMap(({ rule }) => selectorsOf(rule.expr).map(({ metric = '' }) => [nameOf(rule), metric] as const))
    .filter(([, metric]) => ours.has(withoutSuffix(metric)) && ours.get(metric)?.kind !== 'gauge')
  expect(raw).toEqual([
    ['AiTelemetryAbsent', 'ai_requests_total'],
    ['AiCardinalityOverflow', 'ai_requests_total'],
  ])
})

test('every counter that alerts take the increase of is normalised', () => {
  const normalised = rules.filter(({ file }) => file === 'normalise.yml').flatMap(({ rule }) => selectorsOf(rule.expr))
  const counters = Object.values(INSTRUMENTS).filter(({ startsAtZero }) => startsAtZero)
  const names = normalised.map(({ metric }) => metric)
  expect(counters.map(({ prometheusName }) => prometheusName).filter((name) => !names.includes(name))).toEqual([])
})

test('thresholds are numbers of thresholds.yml, and each of them is used', () => {
  const thresholds = rules.filter(({ file }) => file === 'thresholds.yml')
  expect(thresholds.filter(({ rule }) => !/^vector\([\d.]+\)$/.test(rule.expr))).toEqual([])
  const used = new Set(rules.flatMap(({ rule }) => selectorsOf(rule.expr).map(({ metric }) => metric)))
  expect(thresholds.map(({ rule }) => nameOf(rule)).filter((name) => !used.has(name))).toEqual([])
})
