import { expect, test } from 'vitest'
import { SpanTree } from '../page/tree.ts'
import { queriesOf } from '../src/query/queries.ts'
import type { TraceColumns } from '../src/query/trace-columns.ts'
import { Database } from '../src/store/database.ts'
import { callSpan, exportOf, hexId, type JsonSpan, plainSpan, START } from './support/telemetry.ts'

function stored(...batches: readonly (readonly JsonSpan[])[]): Database & Disposable {
  const database = new Database({ bounds: { bytes: 1e12, ageMs: 1e15 } })
  for (const spans of batches) database.take(exportOf(spans))
  return Object.assign(database, { [Symbol.dispose]: () => database.close() })
}

const columnsOf = (database: Database): TraceColumns =>
  JSON.parse(queriesOf(database).traceColumns(hexId(32, 1)) ?? '') as TraceColumns

function drawn(trace: TraceColumns): readonly string[] {
  const tree = new SpanTree(trace)
  return Array.from({ length: tree.size }, (_, line) => {
    const { span, depth, isOrphan, total } = tree.at(line)
    return `${'  '.repeat(depth)}${span.name} ${span.role} ${span.start}+${span.duration} ${total.picoUsd}${isOrphan ? ' orphan' : ''}`
  })
}

const [ROOT, CALL, LOST] = [hexId(16, 1), hexId(16, 2), hexId(16, 3)]
const SPANS = [
  callSpan({ spanId: CALL, parentSpanId: ROOT, start: START + 20, cost: 0.000_000_000_001 }),
  plainSpan({ spanId: ROOT }),
  callSpan({ spanId: LOST, parentSpanId: hexId(16, 99), start: START + 30, cost: 2 }),
]

test('a trace by columns is the tree of its spans, whatever the order in which they came', () => {
  using database = stored(SPANS)
  const trace = columnsOf(database)
  expect(trace).toMatchObject({
    name: 'POST /ask',
    spans: 3,
    calls: 2,
    cost: '2.000000000001',
    start: START,
    omitted: 0,
  })
  expect(drawn(trace)).toEqual([
    'POST /ask other 0+1000 1',
    '  chat gpt-4o-mini call 20+500 1',
    'chat gpt-4o-mini call 30+500 2000000000000 orphan',
  ])
})

test('spans of a trace that came long after each other are found among all others', () => {
  const others = Array.from({ length: 200 }, (_, index) =>
    plainSpan({ traceId: hexId(32, 2), spanId: hexId(16, 500 + index), name: 'another' }),
  )
  using database = stored(SPANS.slice(0, 1), others, SPANS.slice(1))
  expect(drawn(columnsOf(database))).toEqual([
    'POST /ask other 0+1000 1',
    '  chat gpt-4o-mini call 20+500 1',
    'chat gpt-4o-mini call 30+500 2000000000000 orphan',
  ])
})

test('of more than 100,000 spans the latest are left out, and counted', () => {
  const spans = Array.from({ length: 100_002 }, (_, index) =>
    plainSpan({ spanId: hexId(16, index + 1), parentSpanId: index === 0 ? '' : ROOT, start: START + 200_000 - index }),
  )
  using database = stored(spans.slice(0, 50_000), spans.slice(50_000))
  const trace = columnsOf(database)
  expect([trace.spans, trace.omitted, trace.columns.id.length]).toEqual([100_002, 2, 100_000])
  expect(Math.max(...trace.columns.start.slice(0, 10))).toBe(99_999_000)
})

test('the earliest spans of a trace are there alone, too, with the sums of all', () => {
  using database = stored(SPANS)
  const trace = JSON.parse(queriesOf(database).traceColumns(hexId(32, 1), 2) ?? '') as TraceColumns
  expect(trace).toMatchObject({ spans: 3, omitted: 1, cost: '2.000000000001' })
  expect(drawn(trace)).toEqual(['POST /ask other 0+1000 1', '  chat gpt-4o-mini call 20+500 1'])
})

test('there is nothing of a trace that is not here', () => {
  using database = stored(SPANS)
  expect(queriesOf(database).traceColumns(hexId(32, 7))).toBeUndefined()
})
