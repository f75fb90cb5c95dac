import { ATTRIBUTE, AI_ATTRIBUTE } from '@tokenmeter/meter'
import { expect, test } from 'vitest'
import { listCalls } from '../src/query/call-queries.ts'
import { queriesOf } from '../src/query/queries.ts'
import { Database } from '../src/store/database.ts'
import { callSpan, exportOf, hexId, START } from './support/telemetry.ts'

const CALLS = 11_500
const RARE = 77

function opened(): Database & Disposable {
  const database = new Database({ bounds: { bytes: 1e12, ageMs: 1e15 } })
  return Object.assign(database, { [Symbol.dispose]: () => database.close() })
}

/** A database of many calls a millisecond apart, all alike but one of the oldest. */
function filled(): Database & Disposable {
  const database = opened()
  const spans = Array.from({ length: CALLS }, (_, index) =>
    callSpan({
      spanId: hexId(16, index + 1),
      start: START + index,
      cost: index === RARE ? 3 : 0.001,
      attributes: {
        [AI_ATTRIBUTE.session]: index === RARE ? 'the rare one' : 'all others',
        [ATTRIBUTE.genAiInputMessages]: index === RARE ? 'a quagga' : 'where is my parcel',
      },
    }),
  )
  database.take(exportOf(spans))
  return database
}

test('a filter that lets little through is looked for a stretch at a time, and found by who goes on', () => {
  using database = filled()
  const found: number[] = []
  const lookedBackTo: (number | undefined)[] = []
  let before: string | undefined
  do {
    const page = listCalls(database.connection, { filter: 'cost>1' }, 100, before, 0)
    found.push(...page.calls.map(({ start }) => start - START))
    lookedBackTo.push(page.lookedBackTo)
    before = page.next
  } while (before !== undefined)
  expect(found).toEqual([RARE])
  expect(lookedBackTo.slice(0, 2)).toEqual([START + CALLS - 1000, START + CALLS - 2000])
  expect(lookedBackTo).toHaveLength(12)
  expect(lookedBackTo.at(-1)).toBeUndefined()
})

test.each(['session:"the rare one"', 'quagga', 'session:"the rare one" cost>1', 'model:unheard-of', 'quagga model:o1'])(
  'what an index finds is there at once: %s',
  (filter) => {
    using database = filled()
    const page = listCalls(database.connection, { filter }, 100, undefined, 0)
    expect(page.lookedBackTo).toBeUndefined()
    expect(page.calls.map(({ start }) => start - START)).toEqual(/mod/.test(filter) ? [] : [RARE])
  },
)

test('calls that began at the same time are on one page or the other, none on both', () => {
  using database = opened()
  database.take(exportOf(Array.from({ length: 3000 }, (_, index) => callSpan({ spanId: hexId(16, index + 1) }))))
  const ids = new Set<number>()
  let before: string | undefined
  do {
    const page = listCalls(database.connection, { filter: 'status:success' }, 700, before, 0)
    for (const { id } of page.calls) ids.add(id)
    before = page.next
  } while (before !== undefined)
  expect(ids.size).toBe(3000)
})

test('sums of a filter are of the newest calls, and say so, unless an index finds all', () => {
  using database = filled()
  const queries = queriesOf(database)
  const range = { from: START, to: START + CALLS }
  expect(queries.totals({ filter: 'cost>0.0001', range }, 5000)).toMatchObject({
    calls: 5000,
    since: START + CALLS - 5000,
  })
  expect(queries.totals({ filter: 'cost>0.0001', range }, CALLS + 1)).not.toHaveProperty('since')
  const rare = queries.totals({ filter: 'quagga', range }, 5000)
  expect([rare.calls, rare.cost, rare.since]).toEqual([1, '3', undefined])
})

test.each([
  ['in their order', (index: number) => index],
  ['with the newest first', (index: number) => (index === 0 ? CALLS : index)],
  ['with an old one among the newest', (index: number) => (index === CALLS - 50 ? -1 : index)],
])('sums of the newest calls are of no others, if calls have come %s', (_, beginsAt) => {
  using database = opened()
  const starts = Array.from({ length: CALLS }, (_unused, index) => START + beginsAt(index))
  const newest = new Set(starts.toSorted((a, b) => b - a).slice(0, 100))
  const spans = starts.map((start, index) =>
    callSpan({ spanId: hexId(16, index + 1), start, cost: newest.has(start) ? 1 : 5 }),
  )
  database.take(exportOf(spans))
  const range = { from: START - 1, to: START + CALLS + 1 }
  const sums = queriesOf(database).totals({ filter: 'cost>0', range }, 100)
  expect(sums).toMatchObject({ calls: 100, cost: '100', since: Math.min(...newest) })
})

test('a chart has steps of its width, and a long one is made of the same sums as a short one', () => {
  using database = opened()
  const hour = START - (START % 3_600_000)
  const minutes = Array.from({ length: 600 }, (_, index) => hour + index * 60_000)
  database.take(exportOf(minutes.map((start, index) => callSpan({ spanId: hexId(16, index + 1), start, cost: 1 }))))
  const queries = queriesOf(database)
  const range = { from: hour + 7 * 60_000, to: hour + 500 * 60_000 }
  const sumsOf = (step: number): readonly number[] => queries.series('model', range, step).map(({ calls }) => calls)
  expect(sumsOf(1)).toHaveLength(493)
  expect(sumsOf(60).reduce((sum, calls) => sum + calls, 0)).toBe(493)
  expect(sumsOf(60).slice(1, -1)).toEqual(Array.from({ length: 7 }, () => 60))
  expect(queries.totals({ range })).toMatchObject({ calls: 493, cost: '493' })
})
