import { expect, test } from 'vitest'
import { assert, array, integer, property, record } from 'fast-check'
import { decimalOf, type TreeLine, treeOf } from '../page/tree.ts'
import type { SpanRow, TreeCall } from '../src/query/traces.ts'

function span(spanId: string, parentSpanId = '', more: Partial<SpanRow> = {}): SpanRow {
  const usual = {
    id: 1,
    name: spanId,
    service: '',
    kind: 1,
    role: 'other',
    start: 0,
    duration: 1,
    failed: false,
  } as const
  return { ...usual, spanId, parentSpanId, ...more }
}

const call = (cost: string | null, inputTokens: number, isEstimated = false): { readonly call: TreeCall } => ({
  call: { cost, inputTokens, outputTokens: 1, estimated: isEstimated } as TreeCall,
})

const drawn = (lines: readonly TreeLine[]): readonly string[] =>
  lines.map(({ span: { spanId }, depth, isOrphan }) => `${'  '.repeat(depth)}${spanId}${isOrphan ? ' (orphan)' : ''}`)

test('parents stand before their children, in the order in which they began', () => {
  const spans = [span('root'), span('a', 'root'), span('b', 'root'), span('a1', 'a'), span('b1', 'b')]
  expect(drawn(treeOf(spans))).toEqual(['root', '  a', '    a1', '  b', '    b1'])
})

test('a span that came before its parent hangs below it', () => {
  expect(drawn(treeOf([span('child', 'root'), span('root')]))).toEqual(['root', '  child'])
})

test('a span whose parent is missing stands at the top, marked', () => {
  const spans = [span('root'), span('lost', 'nobody'), span('below', 'lost')]
  expect(drawn(treeOf(spans))).toEqual(['root', 'lost (orphan)', '  below'])
})

test('spans that are each other’s parents are drawn once, marked', () => {
  const spans = [span('a', 'c'), span('b', 'a'), span('c', 'b'), span('self', 'self'), span('root')]
  expect(drawn(treeOf(spans))).toEqual(['self (orphan)', 'root', 'a (orphan)', '  b', '    c'])
})

test('cost, tokens and errors are added up to the root, estimates left out', () => {
  const spans = [
    span('root'),
    span('agent', 'root'),
    span('one', 'agent', call('0.000000000001', 10)),
    span('two', 'agent', { ...call('1999.999999999999', 20), failed: true }),
    span('guess', 'agent', call('5', 30, true)),
    span('free', 'root', call(null, 40)),
  ]
  const totals = Object.fromEntries(
    treeOf(spans).map((line) => {
      const { picoUsd, tokens, errors } = line.total
      return [line.span.spanId, [decimalOf(picoUsd), tokens, errors]]
    }),
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

test('a chain and a fan of 100,000 spans are trees', () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => `s${index}`)
  const chain = treeOf(ids.map((id, index) => span(id, index === 0 ? '' : `s${index - 1}`, call('0.5', 1))))
  expect([chain.length, chain.at(-1)?.depth, chain[0]?.total.picoUsd]).toEqual([100_000, 99_999, 50_000n * 10n ** 12n])
  const fan = treeOf(ids.map((id, index) => span(id, index === 0 ? '' : 's0')))
  expect([fan.length, fan.at(-1)?.depth]).toEqual([100_000, 1])
})

test('whatever the parents, every span is drawn exactly once, and below its parent where that is possible', () => {
  const edges = array(record({ parent: integer({ min: -1, max: 20 }) }), { maxLength: 20 })
  assert(
    property(edges, (given) => {
      const spans = given.map(({ parent }, index) => span(`s${index}`, parent < 0 ? '' : `s${parent}`))
      const lines = treeOf(spans)
      expect(lines.map((line) => line.span.spanId).toSorted()).toEqual(spans.map(({ spanId }) => spanId).toSorted())
      for (const line of lines) expect(line.depth === 0 || line.span.parentSpanId !== '').toBe(true)
    }),
  )
})
