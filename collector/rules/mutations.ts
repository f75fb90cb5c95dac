import type { SyntaxNode } from '@lezer/common'
import { nodesOf, parsePromql } from './promql.ts'
import type { Rule } from './rule-files.ts'

/** A rule with one thing wrong. */
export interface Mutation {
  /** What was done to it. */
  readonly change: string
  readonly rule: Rule
}

/** Token of the grammar → what it is replaced by. */
const SWAPS: Readonly<Record<string, string>> = {
  Gtr: '<',
  Gte: '<',
  Lss: '>',
  Lte: '>',
  Eql: '!=',
  Add: '-',
  Sub: '+',
  Mul: '/',
  Div: '*',
  And: 'unless',
  Or: 'and',
  Unless: 'and',
  Sum: 'max',
  Min: 'max',
  Max: 'min',
  Count: 'sum',
  Rate: 'increase',
  Increase: 'rate',
  ClampMin: 'clamp_max',
  AvgOverTime: 'max_over_time',
  StddevOverTime: 'min_over_time',
  SumOverTime: 'max_over_time',
  LastOverTime: 'absent_over_time',
  AbsentOverTime: 'last_over_time',
}
const OPERATORS = new Set(['Gtr', 'Gte', 'Lss', 'Lte', 'Eql', 'Add', 'Sub', 'Mul', 'Div', 'And', 'Or', 'Unless'])
const FACTORS = [2, 0.5]
/** Characters around a change that are shown with it. */
const CONTEXT = 16

interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * Every way to break a rule by one small step: comparisons and operators turned round, numbers and durations doubled and
 * halved, functions and aggregations exchanged, label matchers, alternatives of their patterns and grouping labels left out,
 * `for` and `keep_firing_for` removed and doubled.
 */
export function mutationsOf(rule: Rule): Mutation[] {
  const root = parsePromql(rule.expr)
  const edits = [...nodesOf(root)].flatMap((node) => editsOf(node, rule.expr))
  return [...edits.map((edit) => applyEdit(rule, edit)), ...holdingTimes(rule)]
}

function editsOf(node: SyntaxNode, expr: string): Edit[] {
  const text = expr.slice(node.from, node.to)
  const replace = (replacement: string): Edit => ({ from: node.from, to: node.to, text: replacement })
  switch (node.name) {
    case 'NumberDurationLiteral':
      return Number(text) === 0 ? [replace('1')] : FACTORS.map((factor) => replace(String(Number(text) * factor)))
    case 'NumberDurationLiteralInDurationContext':
      return [replace(doubled(text))]
    case 'OffsetExpr':
      return [{ from: node.getChild('Offset')?.from ?? node.to, to: node.to, text: '' }]
    case 'LabelMatchers':
    case 'GroupingLabels':
      return withoutEach(node, expr)
    case 'StringLiteral':
      return node.prevSibling?.firstChild?.name.endsWith('Regex') ? alternatives(text).map(replace) : []
    default: {
      const swap = SWAPS[node.name]
      const isSwappable = swap !== undefined && (!OPERATORS.has(node.name) || node.parent?.name === 'BinaryExpr')
      return isSwappable ? [replace(swap)] : []
    }
  }
}

/** A list in brackets, each time with one of its elements left out. */
function withoutEach(list: SyntaxNode, expr: string): Edit[] {
  const elements: string[] = []
  for (let child = list.firstChild; child; child = child.nextSibling) elements.push(expr.slice(child.from, child.to))
  // A selector has a name or a matcher.
  if (list.name === 'LabelMatchers' && elements.length === 1 && list.prevSibling === null) return []
  const [open, close] = [expr[list.from], expr[list.to - 1]]
  return elements.map((_, left) => ({
    from: list.from,
    to: list.to,
    text: `${open}${elements.filter((__, index) => index !== left).join(', ')}${close}`,
  }))
}

/** A quoted pattern, each time with one of its alternatives left out. */
function alternatives(quoted: string): string[] {
  const pattern = quoted.slice(1, -1)
  const parts = pattern.split(/\|(?![^(]*\))/)
  if (parts.length === 1) return []
  return parts.map((_, left) => `"${parts.filter((__, index) => index !== left).join('|')}"`)
}

function holdingTimes(rule: Rule): Mutation[] {
  return (['for', 'keep_firing_for'] as const).flatMap((field) => {
    const { [field]: time, ...without } = rule
    if (time === undefined) return []
    return [
      { change: `${field} removed`, rule: without },
      { change: `${field}: ${doubled(time)}`, rule: { ...rule, [field]: doubled(time) } },
    ]
  })
}

function doubled(duration: string): string {
  return duration.replace(/^\d+/, (number) => String(2 * Number(number)))
}

function applyEdit(rule: Rule, { from, to, text }: Edit): Mutation {
  const expr = rule.expr.slice(0, from) + text + rule.expr.slice(to)
  const before = rule.expr.slice(Math.max(0, from - CONTEXT), from).replaceAll(/\s+/g, ' ')
  const after = rule.expr.slice(to, to + CONTEXT).replaceAll(/\s+/g, ' ')
  return { change: `${before}«${rule.expr.slice(from, to)} → ${text}»${after}`, rule: { ...rule, expr } }
}
