import { expect, test } from 'vitest'
import { queriesOf } from '../src/query/queries.ts'
import { Database } from '../src/store/database.ts'
import { START } from './support/telemetry.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = START - (START % (24 * HOUR))

/** A database with a counter that was told every ten minutes of a day, and stood at the minute of the day. */
function filled(): Database & Disposable {
  const database = new Database({ bounds: { bytes: 1e12, ageMs: 1e15 } })
  const dataPoints = Array.from({ length: 144 }, (_, index) => ({
    timeUnixNano: `${DAY + index * 10 * MINUTE}000000`,
    asInt: String(index * 10),
  }))
  const metrics = [{ name: 'requests', sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints } }]
  const body = Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }))
  database.take({ signal: 'metrics', format: 'json', body })
  return Object.assign(database, { [Symbol.dispose]: () => database.close() })
}

function minutesOf(database: Database, from: number, to: number): readonly (number | null)[] | undefined {
  const [series] = queriesOf(database).metric('requests', { from: DAY + from, to: DAY + to })
  return series?.points.map(({ value }) => value)
}

test('of two hours, a metric has every point', () => {
  using database = filled()
  expect(minutesOf(database, HOUR, 3 * HOUR)).toEqual([60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170])
})

test('of a day, a metric has the last point of each quarter of an hour', () => {
  using database = filled()
  const minutes = minutesOf(database, 0, 24 * HOUR)
  expect(minutes).toHaveLength(96)
  expect(minutes?.slice(0, 4)).toEqual([10, 20, 40, 50])
  expect(minutes?.at(-1)).toBe(1430)
})

test('where a metric has no points there are none', () => {
  using database = filled()
  expect(minutesOf(database, 25 * HOUR, 50 * HOUR)).toEqual([])
})
