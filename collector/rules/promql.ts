import { parser } from '@prometheus-io/lezer-promql'
import type { SyntaxNode } from '@lezer/common'

/** A metric that an expression selects, and the labels it selects by. */
export interface Selector {
  /** Absent when the expression selects by a pattern of names. */
  readonly metric?: string
  readonly matchers: readonly string[]
}

/**
 * The syntax tree of an expression.
 *
 * @throws {SyntaxError} when it is not PromQL; the text names the place.
 */
export function parsePromql(expression: string): SyntaxNode {
  const root = parser.parse(expression).topNode
  for (const node of nodesOf(root)) {
    if (node.type.isError) {
      throw new SyntaxError(`Not PromQL at character ${node.from}: ${expression.slice(node.from, node.from + 40)}`)
    }
  }
  return root
}

/** A node and everything below it, parents first. */
export function* nodesOf(node: SyntaxNode): Generator<SyntaxNode> {
  yield node
  for (let child = node.firstChild; child; child = child.nextSibling) yield* nodesOf(child)
}

/** Every selector of an expression. */
export function selectorsOf(expression: string): Selector[] {
  const text = (node: SyntaxNode): string => expression.slice(node.from, node.to)
  return [...nodesOf(parsePromql(expression))]
    .filter((node) => node.name === 'VectorSelector')
    .map((selector) => {
      const identifier = selector.getChild('Identifier')
      const names = [...nodesOf(selector)].filter((node) => node.name === 'LabelName').map(text)
      const matchers = names.filter((name) => name !== '__name__')
      return { ...(identifier && { metric: text(identifier) }), matchers }
    })
}

/** Selectors of everything with the names that an expression selects by, whatever its labels; one for each name or pattern of names. */
export function familiesOf(expression: string): string[] {
  const text = (node: SyntaxNode): string => expression.slice(node.from, node.to)
  const families = [...nodesOf(parsePromql(expression))]
    .filter((node) => node.name === 'VectorSelector')
    .map((selector) => {
      const identifier = selector.getChild('Identifier')
      const matchers = [...nodesOf(selector)].filter((node) => node.name.endsWith('LabelMatcher')).map(text)
      return identifier
        ? text(identifier)
        : `{${matchers.filter((matcher) => matcher.startsWith('__name__')).join(', ')}}`
    })
  return [...new Set(families)]
}

/** Labels that an expression groups or matches by: those in `by (…)`, `on (…)`, `ignoring (…)` and their like. */
export function groupingLabelsOf(expression: string): string[] {
  return [...nodesOf(parsePromql(expression))]
    .filter((node) => node.name === 'GroupingLabels')
    .flatMap((node) => node.getChildren('LabelName'))
    .map((node) => expression.slice(node.from, node.to))
}
