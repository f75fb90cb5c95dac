import { describe, expect, test } from 'vitest'
import { mutationsOf } from '../rules/mutations.ts'
import { parsePromql, selectorsOf } from '../rules/promql.ts'
import { readRules } from '../rules/rule-files.ts'

function expressions(expr: string): string[] {
  return mutationsOf({ alert: 'A', expr }).map(({ rule }) => rule.expr)
}

describe('a rule is broken', () => {
  test.each([
    ['a > 10', ['a < 10', 'a > 20', 'a > 5']],
    ['up == 0', ['up != 0', 'up == 1']],
    ['a unless b', ['a and b']],
    ['rate(a[5m])', ['increase(a[5m])', 'rate(a[10m])']],
    ['a offset 1h', ['a ', 'a offset 2h']],
    ['a{b="c", d!="e"}', ['a{d!="e"}', 'a{b="c"}']],
    ['a{b=~"c|d(e|f)"}', ['a{}', 'a{b=~"d(e|f)"}', 'a{b=~"c"}']],
    ['sum by (b, c) (a)', ['max by (b, c) (a)', 'sum by (c) (a)', 'sum by (b) (a)']],
    ['{b="c"}', []],
  ])('%s in every small way', (expr, expected) => {
    expect(expressions(expr)).toEqual(expected)
  })

  test('by the time it has to hold', () => {
    const mutations = mutationsOf({ alert: 'A', expr: 'a', for: '5m', keep_firing_for: '10m' })
    expect(mutations.map(({ rule }) => [rule.for, rule.keep_firing_for])).toEqual([
      [undefined, '10m'],
      ['10m', '10m'],
      ['5m', undefined],
      ['5m', '20m'],
    ])
  })
})

test('what a mutation makes of a rule of ours is PromQL again, and another rule', () => {
  for (const { rule } of readRules()) {
    for (const mutation of mutationsOf(rule)) {
      expect(mutation.rule, mutation.change).not.toEqual(rule)
      expect(() => parsePromql(mutation.rule.expr), mutation.change).not.toThrow()
    }
  }
})

test('what is not PromQL is refused, with its place', () => {
  expect(() => selectorsOf('sum(a')).toThrow(SyntaxError)
})
