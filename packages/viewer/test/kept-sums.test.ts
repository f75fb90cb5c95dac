import { AI_ATTRIBUTE } from '@tokenmeter/meter'
import { expect, test } from 'vitest'
import { queriesOf } from '../src/query/queries.ts'
import { Database } from '../src/store/database.ts'
import { callSpan, exportOf, hexId, START } from './support/telemetry.ts'

const MINUTE = 60_000
/** The beginning of a quarter of an hour. Only quarters that have calls from their beginning on are kept in memory. */
const QUARTER = START - (START % (15 * MINUTE))
const RANGE = { from: QUARTER, to: QUARTER + 60 * MINUTE }

function opened(ageMs: number = 1e15): Database & Disposable {
  const database = new Database({ bounds: { bytes: 1e12, ageMs } })
  return Object.assign(database, { [Symbol.dispose]: () => database.close() })
}

let calls = 0

interface SpentBy {
  readonly user: string
  readonly model?: string
  readonly minute: number
  readonly cost: number
  readonly seconds?: number
  readonly feature?: string
}

function spend(database: Database, { user, feature, minute, cost, seconds = 1, model = 'gpt-4o-mini' }: SpentBy): void {
  calls += 1
  const times = { start: QUARTER + minute * MINUTE, durationMs: seconds * 1000 }
  const ids = { traceId: hexId(32, calls), spanId: hexId(16, calls) }
  const attributes = { [AI_ATTRIBUTE.user]: user, ...(feature !== undefined && { [AI_ATTRIBUTE.feature]: feature }) }
  database.take(exportOf([callSpan({ ...ids, ...times, cost, model, attributes })]))
}

test('a call that comes late, to a quarter of an hour that was shown already, is in the next chart', () => {
  using database = opened()
  const queries = queriesOf(database)
  const spent = (): unknown => queries.breakdown('user', RANGE, 10).map(({ value, cost }) => [value, cost])
  spend(database, { user: 'ann', minute: 0, cost: 1 })
  expect(spent()).toEqual([['ann', '1']])
  spend(database, { user: 'bob', minute: 4, cost: 2 })
  expect(spent()).toEqual([
    ['bob', '2'],
    ['ann', '1'],
  ])
})

test('after clearing, users are shown although they have other numbers than before', () => {
  using database = opened()
  const queries = queriesOf(database)
  const shown = (): unknown => queries.series('user', RANGE, 15).map(({ value, calls: count }) => [value, count])
  for (const user of ['ann', 'bob']) spend(database, { user, minute: 0, cost: 1 })
  expect(shown()).toEqual([
    ['ann', 1],
    ['bob', 1],
  ])
  database.clear()
  for (const user of ['ann', 'bob']) spend(database, { user, feature: 'search', minute: 0, cost: 1 })
  expect(shown()).toEqual([
    ['ann', 1],
    ['bob', 1],
  ])
})

test('what was pruned out of the middle of a quarter of an hour is in no percentile any more', () => {
  using database = opened(60 * MINUTE)
  const queries = queriesOf(database)
  const p50 = (): unknown =>
    queries.percentiles('all', 'duration', RANGE, 1).map(({ p50: half }) => Math.round(half ?? 0))
  for (const minute of [2, 3, 9]) spend(database, { user: 'ann', minute, cost: 1, seconds: minute })
  expect(p50()).toEqual([2, 3, 9])
  database.prune(QUARTER + 65 * MINUTE)
  expect(p50()).toEqual([9])
})

test('how long calls took is told by model in percentiles, and by user on average', () => {
  using database = opened()
  const queries = queriesOf(database)
  const took = [
    ['gpt-4o', 1],
    ['gpt-4o', 2],
    ['gpt-4o', 9],
    ['o4-mini', 30],
  ] as const
  for (const [model, seconds] of took) spend(database, { user: 'ann', model, minute: 1, cost: 1, seconds })
  const percentiles = queries.percentiles('model', 'duration', RANGE, 15)
  expect(percentiles.map(({ value, p50, p95 }) => [value, Math.round(p50 ?? 0), Math.round(p95 ?? 0)])).toEqual([
    ['gpt-4o', 2, 9],
    ['o4-mini', 30, 30],
  ])
  expect(queries.percentiles('user', 'duration', RANGE, 15)).toEqual([])
  expect(queries.series('user', RANGE, 15)).toMatchObject([{ value: 'ann', calls: 4, durationSeconds: 42 }])
})

test('the dearest of many are found, and those with the most calls, each in several quarters of an hour', () => {
  using database = opened()
  const queries = queriesOf(database)
  for (let index = 0; index < 40; index += 1) spend(database, { user: `u${index}`, minute: 1, cost: 2 })
  for (const minute of [2, 17, 32]) spend(database, { user: 'steady', minute, cost: 1 })
  for (const minute of [3, 16, 31, 46]) spend(database, { user: 'busy', minute, cost: 0.01 })
  const chart = queries.series('user', RANGE, 60)
  expect(chart).toHaveLength(11)
  expect(chart.filter(({ value }) => !value.startsWith('u'))).toMatchObject([
    { value: 'steady', calls: 3, cost: '3' },
    { value: 'busy', calls: 4, cost: '0.04' },
  ])
  expect(queries.breakdown('user', RANGE, 3).map(({ value }) => value)).toEqual(['steady', 'u0', 'u1'])
})
