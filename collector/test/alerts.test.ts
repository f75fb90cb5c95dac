import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nameOf, readRules, TESTS_FOLDER } from '../rules/rule-files.ts'

const PROJECT = new URL('../../', import.meta.url)
const RUNBOOK = 'https://github.com/tokenmeter/tokenmeter/blob/main/docs/operations.md'
const alerts = readRules().flatMap(({ rule }) => (rule.alert ? [rule] : []))
const unitTests = readdirSync(TESTS_FOLDER).map((file) => readFileSync(`${TESTS_FOLDER}${file}`, 'utf8'))
/** Headings of the runbook, as the links to them are spelt. */
const anchors = [...readFileSync(new URL('docs/operations.md', PROJECT), 'utf8').matchAll(/^#+ (?<heading>.+)$/gm)].map(
  ({ groups }) =>
    (groups?.['heading'] ?? '')
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
)

test('the three alerts of the deployment guide keep their names', () => {
  expect(alerts.map(nameOf)).toEqual(expect.arrayContaining(['HighAICost', 'RateLimitHit', 'HighErrorRate']))
})

describe.each(alerts)('$alert', (rule) => {
  test('says how bad it is and whose it is', () => {
    expect(['page', 'warning', 'ticket', 'info']).toContain(rule.labels?.['severity'])
    expect(['applications', 'finops', 'platform']).toContain(rule.labels?.['team'])
  })

  test('says what happened, and where to read what to do', () => {
    expect(rule.annotations).toEqual({
      summary: expect.stringMatching(/\w/),
      description: expect.stringMatching(/\w/),
      runbook_url: `${RUNBOOK}#${nameOf(rule).toLowerCase()}`,
    })
    expect(anchors).toContain(nameOf(rule).toLowerCase())
  })
})

/** Its test needs 9,000 series, and is generated when the rules are checked. */
const GENERATED = 'AiCardinalityHigh'

test.each(alerts.map(nameOf).filter((name) => name !== GENERATED))(
  '%s has unit tests in which it fires and in which it is quiet',
  (name) => {
    const cases = unitTests
      .flatMap((text) => text.split(/- eval_time:/))
      .filter((text) => text.includes(`alertname: ${name}\n`))
    expect(cases.filter((text) => /exp_alerts: \[\]/.test(text)).length).toBeGreaterThan(0)
    expect(cases.filter((text) => /exp_labels/.test(text)).length).toBeGreaterThan(0)
  },
)
