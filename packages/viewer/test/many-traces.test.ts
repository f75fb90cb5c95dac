import { array, assert, constantFrom, nat, property, record } from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { queriesOf } from '../src/query/queries.ts'
import { Database } from '../src/store/database.ts'
import { temporaryFolder } from './support/open-store.ts'
import { exportOf, hexId, plainSpan, START } from './support/telemetry.ts'

/** The keys of so many are in two segments and in the table of the latest. */
const TRACES = 40_000
const BATCH = 2000
const AGE_MS = 3_600_000
const bounds = { bytes: 1e12, ageMs: AGE_MS }

const folder = temporaryFolder()
const file = folder.path('calls.sqlite')
const database = new Database({ file, bounds })
for (let first = 0; first < TRACES; first += BATCH) database.take(exportOf(spansOf(first, BATCH)))
afterAll(() => {
  database.close()
  folder[Symbol.dispose]()
})

/** The first spans of traces, a millisecond apart. */
function spansOf(first: number, count: number): ReturnType<typeof plainSpan>[] {
  return Array.from({ length: count }, (_, index) =>
    plainSpan({ traceId: hexId(32, first + index + 1), spanId: hexId(16, 1), start: START + first + index }),
  )
}

const rowsOf = (table: string): number =>
  Number(database.connection.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count'])
const spanIdsOf = (of: Database, trace: number): readonly string[] | undefined =>
  queriesOf(of)
    .trace(hexId(32, trace))
    ?.tree.map(({ spanId }) => spanId)
    .toSorted()

test.each([1, 20_000, TRACES])('a late span of trace %i is put to the first, however many have come since', (trace) => {
  database.take(exportOf([plainSpan({ traceId: hexId(32, trace), spanId: hexId(16, 2), start: START })]))
  expect(spanIdsOf(database, trace)).toEqual([hexId(16, 1), hexId(16, 2)])
})

test('another process finds them, too', () => {
  const other = new Database({ file, bounds })
  other.take(exportOf([plainSpan({ traceId: hexId(32, 7), spanId: hexId(16, 2), start: START })]))
  expect(spanIdsOf(database, 7)).toEqual([hexId(16, 1), hexId(16, 2)])
  other.close()
})

test('what is sent again is not written again', () => {
  const { spans } = queriesOf(database).status()
  database.take(exportOf(spansOf(0, BATCH)))
  expect(queriesOf(database).status().spans).toEqual(spans)
})

test('a trace of thousands of spans has each of them once, in whatever pieces and however often they come', () => {
  const trace = hexId(32, TRACES + 1)
  const spans = Array.from({ length: 3000 }, (_, index) =>
    plainSpan({ traceId: trace, spanId: hexId(16, index + 1), start: START + TRACES }),
  )
  for (const [from, to] of [
    [0, 990],
    [980, 1500],
    [0, 1600],
    [1400, 3000],
    [0, 3000],
  ]) {
    database.take(exportOf(spans.slice(from, to)))
  }
  expect(queriesOf(database).trace(trace)?.spans).toBe(3000)
  expect(rowsOf('span_ids')).toBe(3000)
})

test('of traces that were removed no segment of keys is left, and the others are found', () => {
  expect([rowsOf('trace_segments'), rowsOf('trace_keys') + rowsOf('recent_trace_keys')]).toEqual([2, TRACES + 1])
  const now = START + AGE_MS + 1000 + TRACES - 10
  while (database.prune(now));
  expect([rowsOf('trace_segments'), rowsOf('trace_keys')]).toEqual([0, 0])
  expect([1, TRACES - 10, TRACES - 9].map((trace) => spanIdsOf(database, trace)?.length)).toEqual([
    undefined,
    undefined,
    1,
  ])
  while (database.prune(now + 3_600_000));
  expect(rowsOf('span_ids')).toBe(0)
})

test('whatever comes when, by whom and how often, each trace has each of its spans once', () => {
  const span = record({ trace: nat(3), span: nat(8) })
  const work = array(record({ by: constantFrom(0, 1), exports: array(array(span), { minLength: 1, maxLength: 3 }) }))
  assert(
    property(work, (all) => {
      using other = temporaryFolder()
      const writers = [0, 1].map(() => new Database({ file: other.path('calls.sqlite'), bounds })) as [
        Database,
        Database,
      ]
      const expected = new Map<number, Set<string>>()
      for (const { by, exports } of all) {
        writers[by as 0 | 1].takeAll(exports.map((spans) => exportOf(spans.map(plainSpanOf))))
        for (const { trace, span: id } of exports.flat()) {
          expected.set(trace, (expected.get(trace) ?? new Set()).add(hexId(16, id + 1)))
        }
      }
      for (const [trace, ids] of expected) expect(spanIdsOf(writers[0], trace + 1)).toEqual([...ids].toSorted())
      const kept = [...expected.values()].reduce((sum, { size }) => sum + size, 0)
      expect(queriesOf(writers[1]).status().spans).toEqual({ kept, received: kept })
      for (const writer of writers) writer.close()
    }),
    { numRuns: 50 },
  )
})

function plainSpanOf({ trace, span }: { readonly trace: number; readonly span: number }): ReturnType<typeof plainSpan> {
  return plainSpan({ traceId: hexId(32, trace + 1), spanId: hexId(16, span + 1) })
}
