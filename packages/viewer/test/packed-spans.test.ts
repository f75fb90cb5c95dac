import { array, assert, constant, constantFrom, double, nat, oneof, option, property, record, string } from 'fast-check'
import { expect, test } from 'vitest'
import { queriesOf } from '../src/query/queries.ts'
import { Database } from '../src/store/database.ts'
import { packWhole } from '../src/store/read-ahead.ts'
import { callSpan, exportOf, hexId, type JsonSpan, plainSpan } from './support/telemetry.ts'

const TRACES = 4
const HOUR = { range: { from: 1_789_999_000_000, to: 1_790_003_600_000 } }
const bounds = { bytes: 1e12, ageMs: 1e15 }

/** Numbers depend on how many are written together. */
const withoutNumber = <Row extends object>(row: Row): object => ({ ...row, id: undefined })

/** Everything that can be asked of what was stored. */
function heldIn(database: Database): unknown {
  const queries = queriesOf(database)
  const traces = Array.from({ length: TRACES }, (_, trace) => queries.trace(hexId(32, trace + 1)))
  const bodyOf = database.connection.prepare(`SELECT body, typeof(body) AS type,
    (SELECT attributes FROM resources WHERE id = resource) AS resource, (SELECT word FROM words WHERE id = scope) AS scope
    FROM spans JOIN bodies USING (id) ORDER BY span_id, trace, body`)
  return {
    totals: queries.totals(HOUR),
    traces: traces.map((trace) => trace && { ...trace, tree: trace.tree.map(withoutNumber) }),
    calls: queries.calls(HOUR, 1000).calls.map(withoutNumber),
    found: queries.calls({ ...HOUR, filter: 'parcel' }, 1000).calls.length,
    bodies: bodyOf.all(),
    received: queries.status().spans,
  }
}

function stored(...exports: readonly Parameters<Database['take']>[0][]): unknown {
  const database = new Database({ bounds })
  for (const received of exports) database.take(received)
  const held = heldIn(database)
  database.close()
  return held
}

const text = oneof(string({ unit: 'binary', maxLength: 30 }), constant('ä€🍐'.repeat(3000)))
const span = record({
  trace: nat(TRACES - 1),
  id: nat(400),
  parent: nat(400),
  isCall: constantFrom(true, false),
  cost: option(double({ min: 0, max: 100, noNaN: true })),
  input: option(nat(1e6)),
  user: option(text),
  note: text,
  asked: option(constantFrom('Where is my parcel?', 'Äpfel „und“ 🍐', '\u0000\u001f"\\')),
}).map(({ trace, id, parent, isCall, cost, input, user, note, asked }): JsonSpan => {
  const ids = {
    traceId: hexId(32, trace + 1),
    spanId: hexId(16, id + 1),
    // A trace has one root, and no two spans begin together: else the order in which they are written would show.
    parentSpanId: id === 0 ? '' : hexId(16, parent + 1),
    start: 1_790_000_000_000 + id * TRACES + trace,
  }
  if (!isCall) return plainSpan({ ...ids, name: note })
  const attributes = {
    note,
    ...(user !== null && { 'user.id': user }),
    ...(asked !== null && { 'gen_ai.input.messages': asked }),
  }
  return callSpan({ ...ids, ...(cost !== null && { cost }), ...(input !== null && { input }), attributes })
})
// More than are packed together where an export is written while it is read.
const spans = array(span, { minLength: 600, maxLength: 700, size: 'max' })

test('an export that is read as a whole and one that is written while it is read hold the same', () => {
  assert(
    property(spans, (all) => {
      const received = exportOf(all)
      expect(stored(packWhole(received))).toEqual(stored(received))
    }),
    { numRuns: 10 },
  )
})

test('spans that are packed into the buffers of others are no others', () => {
  const few = array(span, { minLength: 1, maxLength: 30 })
  assert(
    property(few, few, (before, all) => {
      const received = exportOf(all)
      expect(stored(packWhole(received, packWhole(exportOf(before))))).toEqual(stored(received))
    }),
  )
})

test('of a cost that no column holds the call is kept, and said to have none', () => {
  const held = stored(exportOf([callSpan({ cost: 1e12 + 0.5 }), callSpan({ cost: 9e6, spanId: hexId(16, 2) })]))
  expect(held).toMatchObject({ totals: { calls: 2, cost: '9000000' } })
})
