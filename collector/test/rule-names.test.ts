import { describe, expect, test } from 'vitest'
import { INSTRUMENTS } from '@tokenmeter/meter'
import { instrumentOf, isKnownMetric, labelsOfMetric } from '../rules/metric-names.ts'
import { selectorsOf } from '../rules/promql.ts'
import { nameOf, type PlacedRule, readRules } from '../rules/rule-files.ts'

const rules = readRules()

describe.each(rules.map((placed): [string, PlacedRule] => [nameOf(placed.rule), placed]))('%s', (_name, { rule }) => {
  const selectors = selectorsOf(rule.expr)

  test('selects metrics that are in the table of instruments, recorded here, or told by the servers', () => {
    const metrics = selectors.flatMap(({ metric }) => metric ?? [])
    expect(metrics.filter((metric) => !isKnownMetric(metric))).toEqual([])
  })

  test('selects by labels that these metrics have', () => {
    const wrong = selectors.filter(({ metric, matchers }) => {
      const labels = metric === undefined ? undefined : labelsOfMetric(metric)
      return labels && matchers.some((label) => !labels.includes(label))
    })
    expect(wrong).toEqual([])
  })
})

test('raw names are used where they are normalised, and elsewhere for gauges and for silence only', () => {
  const raw = rules
    .filter(({ file }) => file !== 'normalise.yml')
    .flatMap(({ rule }) => selectorsOf(rule.expr).map(({ metric = '' }) => [nameOf(rule), metric] as const))
    .filter(([, metric]) => {
      const instrument = instrumentOf(metric)
      return instrument !== undefined && instrument.kind !== 'gauge'
    })
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
