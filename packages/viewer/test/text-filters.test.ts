import { AI_ATTRIBUTE, ATTRIBUTE } from '@tokenmeter/meter'
import { afterAll, expect, test } from 'vitest'
import { queriesOf } from '../src/query/queries.ts'
import { Database } from '../src/store/database.ts'
import { callSpan, exportOf, hexId, START } from './support/telemetry.ts'

/** More than are gone through one by one when an index finds them. */
const CALLS = 10_100
/** What single calls have beside the parcel. */
const RARE: Readonly<Record<number, string>> = {
  5: 'a quagga',
  50: 'a quagga in green',
  5000: 'the dodo',
  10_000: 'a moa',
}

const database = new Database({ bounds: { bytes: 1e12, ageMs: 1e15 } })
const spans = Array.from({ length: CALLS }, (_, index) =>
  callSpan({
    spanId: hexId(16, index + 1),
    start: START + index,
    attributes: {
      [AI_ATTRIBUTE.session]: index < 100 ? 'early' : 'late',
      [ATTRIBUTE.genAiInputMessages]: `my parcel ${RARE[index] ?? ''}`,
    },
  }),
)
database.take(exportOf(spans))
const queries = queriesOf(database)
afterAll(() => database.close())

test.each([
  ['quagga', [50, 5]],
  ['quagga parcel', [50, 5]],
  ['quagga green', [50]],
  ['quagga -green', [5]],
  ['quagga -green -parcel', []],
  ['quagga moa', []],
  ['parcel -"my parcel"', []],
  ['session:early -parcel', []],
  ['session:early parcel quagga -green', [5]],
  ['session:late parcel dodo', [5000]],
])('%s', (filter, found) => {
  expect(queries.calls({ filter }, 100).calls.map(({ start }) => start - START)).toEqual(found)
})

test.each([
  ['parcel -quagga', CALLS - 2],
  ['-quagga -dodo -moa', CALLS - 4],
  ['session:early -quagga', 98],
])('%s is added up', (filter, calls) => {
  expect(queries.exactTotals({ filter }).calls).toBe(calls)
})

test('of those that came later, too, a text is asked for', () => {
  const { lastCall } = queries.status()
  expect(queries.callsAfter({ filter: 'moa' }, lastCall - 100, 10)).toHaveLength(1)
  expect(queries.callsAfter({ filter: 'dodo' }, lastCall - 100, 10)).toEqual([])
})
