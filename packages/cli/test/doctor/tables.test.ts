import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checksPage } from '../../docs/checks.ts'
import { FULL } from '../../src/doctor/collector.ts'
import { ALWAYS } from '../../src/doctor/grafana-panels.ts'
import { GROUPS } from '../../src/doctor/groups.ts'
import { SHIPPED_BOARDS } from '../../src/generated/boards.ts'
import { OLD_DAYS } from '../../src/doctor/prices.ts'
import { RULE_GROUPS } from '../../src/doctor/prometheus.ts'

const PROJECT = new URL('../../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, PROJECT), 'utf8')
const list = (path: string): string[] => readdirSync(new URL(path, PROJECT))

test('every check has a section of its own in docs/doctor.md, to which the doctor links', () => {
  expect(read('docs/doctor.md').endsWith(checksPage())).toBe(true)
  const ids = GROUPS.flatMap(({ name, checks }) => checks.map(({ id }) => [name, id] as const))
  expect(new Set(ids.map(([, id]) => id)).size).toBe(ids.length)
  for (const [group, id] of ids) expect(id.replace(/s?-.*/, '')).toBe(group.replace(/s$/, ''))
})

test('what is told of checks when something is wrong names checks that there are', () => {
  const ids = GROUPS.flatMap(({ checks }) => checks.map(({ id }) => id))
  const [, told = ''] = read('docs/doctor.md').split('## When something is wrong')
  const [prose = ''] = told.split('<!--')
  const named = [...prose.matchAll(/`([a-z]+-[a-z]+)`/g)].map(([, id]) => id)
  expect(named.length).toBeGreaterThan(15)
  expect(ids).toEqual(expect.arrayContaining(named))
})

test('a price list is old for the doctor when it is for the alert, and a queue full', () => {
  const thresholds = read('collector/prometheus/rules/thresholds.yml')
  expect(thresholds).toContain(`- record: ai:threshold_price_table_days\n        expr: vector(${OLD_DAYS})\n`)
  expect(thresholds).toMatch(new RegExp(`record: \\S*queue\\S*\\n +expr: vector\\(${FULL}\\)`))
})

test('the groups of rules that it looks for are those of collector/', () => {
  const groups = list('collector/prometheus/rules/').flatMap((file) =>
    [...read(`collector/prometheus/rules/${file}`).matchAll(/^ {2}- name: (.+)$/gm)].map(([, name]) => name),
  )
  expect(RULE_GROUPS.toSorted()).toEqual(groups.toSorted())
})

test('metrics of the boards that must be there are those that begin at 0, constants, what is recorded of both, and what Prometheus says of itself', () => {
  const families = SHIPPED_BOARDS.flatMap(({ panels }) => panels).flatMap(({ queries }) =>
    queries.flatMap(([, ...names]) => names),
  )
  const always = ALWAYS.map(({ families: pattern }) =>
    [...new Set(families)].filter((family) => pattern.test(family)).toSorted(),
  )
  expect(always).toEqual([
    [
      'ai_cost_total',
      'ai_errors_total',
      'ai_rate_limit_hits_total',
      'ai_requests_total',
      'ai_retries_total',
      'ai_unpriced_requests_total',
    ],
    [
      'ai:cost_usd:increase5m',
      'ai:errors:increase5m',
      'ai:rate_limit_hits:increase5m',
      'ai:requests:increase5m',
      'ai:retries:increase5m',
      'ai:slo_calls:increase5m',
      'ai:slo_failures:increase5m',
      'ai:threshold_burn_fast',
      'ai:threshold_burn_slow',
      'ai:threshold_slo_failure_ratio',
      'ai:threshold_slo_slow_start_ratio',
    ],
    [
      'prometheus_rule_evaluation_failures_total',
      'prometheus_rule_group_last_duration_seconds',
      'prometheus_tsdb_head_series',
      'scrape_duration_seconds',
      'up',
    ],
  ])
})
