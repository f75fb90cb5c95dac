import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { cardinalityTest } from './cardinality-test.ts'
import { selectorsOf } from './promql.ts'
import { nameOf, type Rule, readRules, TESTS_FOLDER } from './rule-files.ts'

/** A file of unit tests, as promtool reads it. */
interface TestFile {
  readonly evaluation_interval: string
  readonly group_eval_order?: readonly string[]
  readonly tests: readonly TestCase[]
}

interface TestCase {
  readonly name: string
  readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[]
  readonly promql_expr_test?: readonly { readonly expr: string }[]
}

/** One unit test, and the rules it depends on. */
export interface UnitTest {
  readonly file: TestFile
  readonly test: TestCase
  /** Names of all rules that can change its outcome. */
  readonly rules: ReadonlySet<string>
}

/** All unit tests of the rules: those of the folder, and the generated one. */
export function readUnitTests(): UnitTest[] {
  const rules = new Map(readRules().map(({ rule }) => [nameOf(rule), rule]))
  const texts = readdirSync(TESTS_FOLDER).map((file) => readFileSync(`${TESTS_FOLDER}${file}`, 'utf8'))
  const generated = cardinalityTest(rules.get('AiCardinalityHigh')?.annotations?.['runbook_url'] ?? '')
  return [...texts, generated]
    .map((text) => parse(text) as TestFile)
    .flatMap((file) => file.tests.map((test) => ({ file, test, rules: rulesBehind(test, rules) })))
}

function rulesBehind(test: TestCase, rules: ReadonlyMap<string, Rule>): Set<string> {
  const found = new Set<string>()
  const visit = (name: string): void => {
    const rule = rules.get(name)
    if (!rule || found.has(name)) return
    found.add(name)
    visitExpression(rule.expr)
  }
  const visitExpression = (expression: string): void => {
    for (const { metric } of selectorsOf(expression)) if (metric !== undefined) visit(metric)
  }
  for (const { alertname } of test.alert_rule_test ?? []) visit(alertname)
  for (const { expr } of test.promql_expr_test ?? []) visitExpression(expr)
  return found
}
