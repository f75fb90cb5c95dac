import { expect, test } from 'vitest'
import { Database } from '../src/store/database.ts'
import { queriesOf } from '../src/query/queries.ts'
import { callSpan, exportOf, hexId, plainSpan, START } from './support/telemetry.ts'

const SPANS = 100_000
const BATCH = 5000

test('a trace of 100,000 spans is stored and listed, its spans page by page', () => {
  const database = new Database({ bounds: { bytes: 1e12, ageMs: 1e12 } })
  database.take(exportOf([plainSpan({ spanId: hexId(16, 999_999), name: 'root', durationMs: 60_000 })]))
  for (let first = 0; first < SPANS; first += BATCH) {
    const spans = Array.from({ length: BATCH }, (_, index) =>
      callSpan({
        spanId: hexId(16, first + index + 1),
        parentSpanId: hexId(16, 999_999),
        start: START + Math.floor((first + index) / 2),
        cost: 0.001,
        input: 2,
        output: 1,
      }),
    )
    database.take(exportOf(spans))
  }
  const queries = queriesOf(database)
  const first = queries.trace(hexId(32, 1))
  expect(first).toMatchObject({ name: 'root', spans: SPANS + 1, calls: SPANS, cost: '100', inputTokens: 200_000 })
  expect(first?.tree).toHaveLength(1000)
  expect(first?.tree[1]).toMatchObject({ role: 'call', call: { cost: '0.001', model: 'gpt-4o-mini' } })
  const pages = [first]
  for (let next = first?.next; next !== undefined; next = pages.at(-1)?.next) {
    pages.push(queries.trace(hexId(32, 1), 1000, next))
  }
  const spans = pages.flatMap((page) => page?.tree ?? [])
  expect([pages.length, new Set(spans.map(({ spanId }) => spanId)).size]).toEqual([101, SPANS + 1])
  const starts = spans.map(({ start }) => start)
  expect(starts).toEqual(starts.toSorted((a, b) => a - b))
  database.close()
})
