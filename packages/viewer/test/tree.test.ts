import { expect, test } from 'vitest'
import { assert, array, integer, property, record } from 'fast-check'
import { decimalOf, SpanTree, type TreeLine } from '../page/tree.ts'
import { columnsOf, type TestSpan } from './support/columns.ts'

function span(name: string, parent = '', more: Partial<TestSpan> = {}): TestSpan {
  return { name, parent, ...more }
}

const call = (picoUsd: bigint | null, inputTokens: number, isEstimated = false): Pick<TestSpan, 'call'> => ({
  call: { picoUsd, inputTokens, outputTokens: 1, isEstimated },
})

function linesOf(spans: readonly TestSpan[]): readonly TreeLine[] {
  const tree = new SpanTree(columnsOf(spans))
  return Array.from({ length: tree.size }, (_, line) => tree.at(line))
}

const drawn = (spans: readonly TestSpan[]): readonly string[] =>
  linesOf(spans).map(
    ({ span: { name }, depth, isOrphan }) => `${'  '.repeat(depth)}${name}${isOrphan ? ' (orphan)' : ''}`,
  )

test('parents stand before their children, in the order in which they began', () => {
  const spans = [
    span('b1', 'b', { start: 9 }),
    span('root'),
    span('b', 'root', { start: 5 }),
    span('a', 'root', { start: 2 }),
    span('a1', 'a', { start: 3 }),
  ]
  expect(drawn(spans)).toEqual(['root', '  a', '    a1', '  b', '    b1'])
})

test('siblings that began at once stand in the order in which they came, however long the trace', () => {
  const spans = [span('root'), span('c', 'root', { start: 4 }), span('a', 'root'), span('b', 'root')]
  expect(drawn(spans)).toEqual(['root', '  a', '  b', '  c'])
  const years = 1e14
  expect(drawn([...spans, span('late', 'root', { start: years })])).toEqual(['root', '  a', '  b', '  c', '  late'])
})

test('a span that came before its parent hangs below it', () => {
  expect(drawn([span('child', 'root'), span('root')])).toEqual(['root', '  child'])
})

test('a span whose parent is missing stands at the top, marked', () => {
  const spans = [span('root'), span('lost', 'nobody'), span('below', 'lost')]
  expect(drawn(spans)).toEqual(['root', 'lost (orphan)', '  below'])
})

test('spans that are each other’s parents are drawn once, marked', () => {
  const spans = [span('a', 'c'), span('b', 'a'), span('c', 'b'), span('self', 'self'), span('root')]
  expect(drawn(spans)).toEqual(['self (orphan)', 'root', 'a (orphan)', '  b', '    c'])
})

test('ids that are far apart are found, too', () => {
  expect(drawn([span('root', '', { id: 1 }), span('child', 'root', { id: 5_000_000_000 })])).toEqual([
    'root',
    '  child',
  ])
})

const PICO = 10n ** 12n

test('cost, tokens and errors are added up to the root, estimates left out', () => {
  const spans = [
    span('root'),
    span('agent', 'root'),
    span('one', 'agent', call(1n, 10)),
    span('two', 'agent', { ...call(2000n * PICO - 1n, 20), failed: true }),
    span('guess', 'agent', call(5n * PICO, 30, true)),
    span('free', 'root', call(null, 40)),
  ]
  const totals = Object.fromEntries(
    linesOf(spans).map(({ span: { name }, total: { picoUsd, tokens, errors } }) => [
      name,
      [decimalOf(picoUsd), tokens, errors],
    ]),
  )
  expect(totals).toEqual({
    root: ['2000', 73, 1],
    agent: ['2000', 32, 1],
    one: ['0.000000000001', 11, 0],
    two: ['1999.999999999999', 21, 1],
    guess: ['0', 0, 0],
    free: ['0', 41, 0],
  })
})

test('what is below a folded span is not shown; the line of a span is known', () => {
  const spans = [span('root'), span('a', 'root'), span('a1', 'a'), span('a11', 'a1'), span('b', 'root')]
  const tree = new SpanTree(columnsOf(spans))
  const shown = (...folded: readonly number[]): readonly string[] =>
    Array.from(tree.unfolded(new Set(folded)), (line) => tree.at(line).span.name)
  expect(shown()).toEqual(['root', 'a', 'a1', 'a11', 'b'])
  const { id } = tree.at(1).span
  expect(shown(id)).toEqual(['root', 'a', 'b'])
  expect([tree.lineOf(id), tree.lineOf(12_345), tree.lineOf(undefined)]).toEqual([1, -1, -1])
  expect([tree.at(1).hasChildren, tree.at(4).hasChildren]).toEqual([true, false])
})

test('a text is found in names, roles and models', () => {
  const spans = [
    span('root'),
    span('chat', 'root', { ...call(1n, 1), role: 'call', model: 'GPT-4o' }),
    span('tool of chat', 'root'),
  ]
  const tree = new SpanTree(columnsOf(spans))
  const found = (text: string): readonly number[] => [0, 1, 2].filter(tree.finder(text))
  expect([found('gpt'), found('call'), found('chat'), found('nothing')]).toEqual([[1], [1], [1, 2], []])
})

test('a chain and a fan of 100,000 spans are trees', () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `s${index}`)
  const chain = linesOf(names.map((name, index) => span(name, index === 0 ? '' : `s${index - 1}`, call(PICO / 2n, 1))))
  expect([chain.length, chain.at(-1)?.depth, chain[0]?.total.picoUsd]).toEqual([100_000, 99_999, 50_000n * PICO])
  const fan = linesOf(names.map((name, index) => span(name, index === 0 ? '' : 's0')))
  expect([fan.length, fan.at(-1)?.depth]).toEqual([100_000, 1])
})

test('whatever the parents, every span is drawn exactly once, and below its parent where that is possible', () => {
  const edges = array(record({ parent: integer({ min: -1, max: 20 }), start: integer({ min: 0, max: 9 }) }), {
    maxLength: 20,
  })
  assert(
    property(edges, (given) => {
      const parentOf = new Map(given.map(({ parent }, index) => [`s${index}`, parent < 0 ? '' : `s${parent}`]))
      const spans = given.map(({ start }, index) => span(`s${index}`, parentOf.get(`s${index}`), { start }))
      const lines = linesOf(spans)
      expect(lines.map((line) => line.span.name).toSorted()).toEqual(spans.map(({ name }) => name).toSorted())
      const above: string[] = []
      for (const { depth, isOrphan, span: drawnSpan } of lines) {
        if (depth > 0) expect(parentOf.get(drawnSpan.name)).toBe(above[depth - 1])
        else expect(isOrphan).toBe(parentOf.get(drawnSpan.name) !== '')
        above[depth] = drawnSpan.name
      }
    }),
  )
})
