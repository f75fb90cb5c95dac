import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checksPage } from '../../docs/checks.ts'
import { FULL } from '../../src/doctor/collector.ts'
import { BOARD_UIDS } from '../../src/doctor/grafana.ts'
import { GROUPS } from '../../src/doctor/groups.ts'
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

test('the groups of rules and the boards that it looks for are those of collector/', () => {
  const groups = list('collector/prometheus/rules/').flatMap((file) =>
    [...read(`collector/prometheus/rules/${file}`).matchAll(/^ {2}- name: (.+)$/gm)].map(([, name]) => name),
  )
  expect(RULE_GROUPS.toSorted()).toEqual(groups.toSorted())
  const boards = list('collector/grafana/provisioning/dashboards/').filter((file) => file.endsWith('.json'))
  expect(BOARD_UIDS.map((uid) => `${uid}.json`).toSorted()).toEqual(boards.toSorted())
})
