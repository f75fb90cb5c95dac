import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cardinalityTest } from '../../../collector/rules/cardinality-test.ts'
import { findProgram } from '../../../collector/rules/program.ts'
import { readRules, RULES_FOLDER, TESTS_FOLDER } from '../../../collector/rules/rule-files.ts'

const CONFIG = fileURLToPath(new URL('../../../collector/prometheus/prometheus.yml', import.meta.url))
const promtool = await findProgram('prometheus', 'promtool')
const ruleFiles = (await readdir(RULES_FOLDER)).map((file) => join(RULES_FOLDER, file))

test('promtool finds nothing wrong with prometheus.yml, its targets and its rules', async () => {
  expect(await promtool('check', 'config', CONFIG)).toMatchObject({ succeeded: true })
  expect(await promtool('check', 'rules', '--lint=all', '--lint-fatal', ...ruleFiles)).toMatchObject({
    succeeded: true,
  })
})

test.each(await readdir(TESTS_FOLDER))('the unit tests in %s pass', async (file) => {
  const { succeeded, output } = await promtool('test', 'rules', join(TESTS_FOLDER, file))
  expect(succeeded, output).toBe(true)
})

test('AiCardinalityHigh fires for a metric of 6,000 series, and not for one of 3,000', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-rules-'))
  try {
    const rule = readRules().find((placed) => placed.rule.alert === 'AiCardinalityHigh')
    const file = join(folder, 'cardinality.test.yml')
    const text = cardinalityTest(rule?.rule.annotations?.['runbook_url'] ?? '')
    await writeFile(file, text.replace('../rules/*.yml', `${RULES_FOLDER}*.yml`))
    const { succeeded, output } = await promtool('test', 'rules', file)
    expect(succeeded, output).toBe(true)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
