import { expect, test } from 'vitest'
import { Database } from '../src/store/database.ts'
import { queriesOf } from '../src/query/queries.ts'
import { callSpan, exportOf, hexId, plainSpan, START } from './support/telemetry.ts'

const SPANS = 100_000
const BATCH = 5000

test('a trace of 100,000 spans is stored, listed and found whole; what is beyond is counted', () => {
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
  const trace = queriesOf(database).trace(hexId(32, 1))
  expect(trace).toMatchObject({
    name: 'root',
    spans: SPANS + 1,
    calls: SPANS,
    cost: '100',
    inputTokens: 200_000,
    omitted: 1,
  })
  expect(trace?.tree).toHaveLength(SPANS)
  expect(trace?.tree[1]).toMatchObject({ role: 'call', call: { cost: '0.001', model: 'gpt-4o-mini' } })
  database.close()
})
