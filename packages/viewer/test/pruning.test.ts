import { expect, test } from 'vitest'
import { Database } from '../src/store/database.ts'
import { queriesOf } from '../src/query/queries.ts'
import { callSpan, exportOf, hexId, START } from './support/telemetry.ts'

const DAY = 86_400_000
const ALWAYS = { from: 0, to: START + 100 * DAY }

/** A database with one call in each of so many traces, a minute apart, from `START` on. */
function filled(traces: number, bounds: { bytes: number; ageMs: number }, text = 'x'.repeat(200)): Database {
  const database = new Database({ bounds })
  for (let first = 0; first < traces; first += 500) {
    const spans = Array.from({ length: Math.min(500, traces - first) }, (_, index) =>
      callSpan({
        traceId: hexId(32, first + index + 1),
        start: START + (first + index) * 60_000,
        cost: 0.001,
        attributes: { 'user.id': `u${first + index}`, note: text },
      }),
    )
    database.take(exportOf(spans))
  }
  return database
}

/** Prunes until there is nothing more to prune; how many slices that took. */
function pruneAll(database: Database, now: number): number {
  let slices = 1
  while (database.prune(now)) slices += 1
  return slices
}

test('what is older than the age is removed with its sums, and the status says how many are kept of how many', () => {
  const database = filled(100, { bytes: 1e12, ageMs: DAY })
  const queries = queriesOf(database)
  const now = START + 40 * 60_000 + DAY
  pruneAll(database, now)
  const { calls, spans, oldest } = queries.status()
  expect({ calls, spans, oldest }).toEqual({
    calls: { kept: 60, received: 100 },
    spans: { kept: 60, received: 100 },
    oldest: START + 40 * 60_000,
  })
  const { calls: counted, cost } = queries.totals({ range: ALWAYS })
  expect([counted, cost]).toEqual([60, '0.06'])
  expect(queries.calls({ filter: 'user:u39' }, 10).calls).toEqual([])
  expect(queries.calls({ filter: 'user:u40' }, 10).calls).toHaveLength(1)
  database.close()
})

test('what is too much is removed in slices, the oldest first, until the rest fits', () => {
  const bytes = 6_000_000
  const database = filled(12_000, { bytes, ageMs: 1000 * DAY })
  const queries = queriesOf(database)
  expect(queries.status().bytes).toBeGreaterThan(bytes)
  const slices = pruneAll(database, START)
  const { calls, bytes: size, newest } = queries.status()
  expect(size).toBeLessThanOrEqual(bytes)
  expect(slices).toBeGreaterThan(1)
  expect(calls.received).toBe(12_000)
  expect(calls.kept).toBeGreaterThan(0)
  expect(newest).toBe(START + 11_999 * 60_000)
  expect(queries.totals({ range: ALWAYS }).calls).toBe(calls.kept)
  database.close()
})

test('between two slices others are served, and what comes is kept', () => {
  const database = filled(12_000, { bytes: 1e12, ageMs: DAY })
  const now = START + 12_000 * 60_000 + 2 * DAY
  expect(database.prune(now)).toBe(true)
  database.take(exportOf([callSpan({ traceId: hexId(32, 99_999), start: now, model: 'o4-mini', cost: 7 })]))
  pruneAll(database, now)
  expect(queriesOf(database).calls({}, 10).calls).toMatchObject([{ model: 'o4-mini', cost: '7', service: 'desk' }])
  database.close()
})

test('a trace that is larger than a slice goes as a whole', () => {
  const database = new Database({ bounds: { bytes: 1e12, ageMs: DAY } })
  const spans = Array.from({ length: 6000 }, (_, index) => callSpan({ spanId: hexId(16, index + 1) }))
  database.take(exportOf(spans))
  pruneAll(database, START + 2 * DAY)
  expect(queriesOf(database).status().spans).toEqual({ kept: 0, received: 6000 })
  database.close()
})

test('what comes later may have the words of what was removed', () => {
  const database = filled(10, { bytes: 1e12, ageMs: DAY })
  pruneAll(database, START + 10 * DAY)
  database.take(exportOf([callSpan({ start: START + 10 * DAY, attributes: { 'user.id': 'u3' } })]))
  expect(queriesOf(database).calls({ filter: 'user:u3' }, 10).calls).toHaveLength(1)
  database.close()
})

test('log records alone, without any trace, are bounded as well', () => {
  const bytes = 1_000_000
  const database = new Database({ bounds: { bytes, ageMs: 1000 * DAY } })
  const logRecords = Array.from({ length: 12_000 }, (_, index) => ({
    timeUnixNano: `${START + index}000000`,
    body: { stringValue: `line ${index} ${'x'.repeat(200)}` },
  }))
  const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }))
  database.take({ signal: 'logs', format: 'json', body })
  pruneAll(database, START)
  const queries = queriesOf(database)
  expect(queries.status().bytes).toBeLessThanOrEqual(bytes)
  expect(queries.logs({}, 1)).toMatchObject([{ time: START + 11_999 }])
  database.close()
})

test('a trace that began before the bound stays until its end is older, too', () => {
  const database = new Database({ bounds: { bytes: 1e12, ageMs: DAY } })
  database.take(exportOf([callSpan({ start: START, durationMs: 60_000 })]))
  const left = (now: number): number => {
    pruneAll(database, now)
    return queriesOf(database).status().calls.kept
  }
  expect([left(START + DAY + 30_000), left(START + DAY + 60_001)]).toEqual([1, 0])
  database.close()
})

test('points of metrics are removed when they are older than the age, of each series', () => {
  const database = new Database({ bounds: { bytes: 1e12, ageMs: DAY } })
  const dataPoints = ['a', 'b'].flatMap((value) =>
    [0, 1].map((minute) => ({
      timeUnixNano: `${START + minute * 60_000}000000`,
      asInt: String(minute),
      attributes: [{ key: 'of', value: { stringValue: value } }],
    })),
  )
  const metrics = [{ name: 'level', gauge: { dataPoints } }]
  const body = Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }))
  database.take({ signal: 'metrics', format: 'json', body })
  pruneAll(database, START + DAY + 30_000)
  const series = queriesOf(database).metric('level', { from: START, to: START + 120_000 })
  expect(series.map(({ points }) => points.map(({ value }) => value))).toEqual([[1], [1]])
  database.close()
})
