import { AI_ATTRIBUTE, ATTRIBUTE } from '@tokenmeter/meter'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { queriesOf } from '../src/query/queries.ts'
import { Database, type DatabaseOptions } from '../src/store/database.ts'
import { type Dimension, DIMENSIONS } from '../src/store/dimensions.ts'
import { temporaryFolder } from './support/open-store.ts'
import { AGE_MS, metricName, type MovableBounds, perform, wideBounds, work } from './support/random-work.ts'
import { missing, unused } from './support/references.ts'
import { callSpan, exportOf, hexId, START } from './support/telemetry.ts'

const MINUTE = 60_000
const QUARTER = 15 * MINUTE
/** When the first quarter of an hour of these tests begins. */
const BEGIN = START - (START % QUARTER)
const ALWAYS = { from: START - 60 * MINUTE, to: START + 1000 * MINUTE }
/** Looks through everything whenever it is asked to, a few rows at a time. */
const EAGER = { after: 0, sliceMs: 0, stepRows: 8 }

function opened(options: Partial<DatabaseOptions> = {}): Database & Disposable {
  const database = new Database({ bounds: wideBounds(), sweep: EAGER, ...options })
  return Object.assign(database, { [Symbol.dispose]: () => database.close() })
}

function sweepAll(database: Database): void {
  while (database.sweep());
}

const wordsOf = (database: Database): readonly unknown[] =>
  database.connection
    .prepare('SELECT word FROM words ORDER BY word')
    .all()
    .map(({ word }) => word)

/** A call in a trace of its own; each user has one, in a quarter of an hour of its own. */
function callOf(user: number): ReturnType<typeof exportOf> {
  const start = BEGIN + user * QUARTER
  const attributes = { [AI_ATTRIBUTE.user]: `u${user}`, [ATTRIBUTE.genAiConversationId]: `s${user}` }
  return exportOf([callSpan({ traceId: hexId(32, user + 1), start, cost: 1, attributes })], `service ${user}`)
}

/** What every call of these tests has. */
const USUAL = ['a-library@1.0.0', 'chat gpt-4o-mini', 'chat_completion', 'gpt-4o-mini', 'openai']

test('words and resources of calls that are not there any more are removed', () => {
  using database = opened()
  for (const user of [0, 1, 2]) database.take(callOf(user))
  database.prune(BEGIN + 2 * QUARTER + AGE_MS)
  sweepAll(database)
  expect(wordsOf(database)).toEqual([...USUAL, 's2', 'service 2', 'u2'])
  expect(database.connection.prepare('SELECT attributes FROM resources').all()).toEqual([
    { attributes: '{"service.name":"service 2"}' },
  ])
})

test('a word that comes back while others are removed stays', () => {
  using database = opened()
  for (const user of [0, 1]) database.take(callOf(user))
  database.prune(BEGIN + QUARTER + AGE_MS)
  expect(wordsOf(database)).toContain('u0')
  database.sweep()
  database.take(callOf(0))
  sweepAll(database)
  expect(queriesOf(database).calls({}, 10).calls).toMatchObject([{ user: 'u1' }, { user: 'u0', session: 's0' }])
})

test('a word that only a repeated span had is removed, and is there again with the next span that has it', () => {
  using database = opened()
  for (const name of ['first', 'second']) database.take(exportOf([callSpan({ name })]))
  database.take(callOf(1))
  sweepAll(database)
  expect(wordsOf(database)).not.toContain('second')
  database.take(exportOf([callSpan({ name: 'second', spanId: hexId(16, 2) })]))
  expect(
    queriesOf(database)
      .trace(hexId(32, 1))
      ?.tree.map(({ name }) => name),
  ).toEqual(['first', 'second'])
})

/** What may happen to a store in which words are looked through, so that `u0` is used again. */
const MEANWHILE: Readonly<Record<string, (database: Database, bounds: MovableBounds) => void>> = {
  'everything is removed, and what comes gets the same numbers': (database, bounds) => {
    perform(database, bounds, { do: 'empty' }, 0)
    database.take(callOf(0))
  },
  'a call comes and goes, and its sums stay': (database) => {
    const attributes = { [AI_ATTRIBUTE.user]: 'u0' }
    database.take(exportOf([callSpan({ traceId: hexId(32, 9), start: BEGIN + QUARTER + 5 * MINUTE, attributes })]))
    database.prune(BEGIN + QUARTER + 10 * MINUTE + AGE_MS)
  },
}

test.for(['the same', 'another'].flatMap((process) => Object.keys(MEANWHILE).map((what) => [process, what] as const)))(
  'whenever %s process sees to it that %s, no word is missed',
  ([process, what]) => {
    let isOver = false
    for (let slices = 0; !isOver; slices += 1) {
      using folder = temporaryFolder()
      const bounds = wideBounds()
      const options = { bounds, file: folder.path('calls.sqlite'), sweep: { ...EAGER, stepRows: 1 } }
      using database = opened(options)
      using other = opened(options)
      for (const user of [0, 1]) database.take(callOf(user))
      database.prune(BEGIN + QUARTER + AGE_MS)
      for (let slice = 0; slice < slices; slice += 1) isOver = !database.sweep()
      MEANWHILE[what]?.(process === 'another' ? other : database, bounds)
      sweepAll(database)
      expect([slices, missing(database.connection)]).toEqual([slices, []])
    }
  },
)

test('no word gets the number of one that was removed', () => {
  using database = opened()
  for (const user of [0, 1]) database.take(callOf(user))
  const newest = database.connection.prepare('SELECT max(id) AS id FROM words')
  const { id: before } = newest.get() as { id: number }
  database.prune(START + 10 * QUARTER + AGE_MS)
  sweepAll(database)
  database.take(callOf(20))
  const ids = database.connection.prepare("SELECT min(id) AS first FROM words WHERE word IN ('u20', 's20')")
  expect((ids.get() as { first: number }).first).toBeGreaterThan(before)
})

test('words are looked through when 5000 rows were removed, and a quarter of those that are there', () => {
  using database = opened({ sweep: {} })
  const take = (user: string, first: number, count: number): void => {
    const spans = Array.from({ length: count }, (_, index) =>
      callSpan({
        traceId: hexId(32, first + index + 1),
        start: BEGIN + first * QUARTER,
        attributes: { [AI_ATTRIBUTE.user]: user },
      }),
    )
    database.take(exportOf(spans))
  }
  take('ann', 0, 4999)
  take('bob', 5000, 1)
  take('eve', 5001, 1)
  const pruneBefore = (quarter: number): boolean => {
    while (database.prune(BEGIN + quarter * QUARTER + AGE_MS));
    sweepAll(database)
    return wordsOf(database).includes('ann')
  }
  expect([pruneBefore(5000), pruneBefore(5001)]).toEqual([true, false])
})

test('under a bound of bytes sessions may come and go for ever: words, resources and bytes do not grow', () => {
  const bytes = 6_000_000
  using database = opened({ bounds: { bytes, ageMs: 1e12 }, sweep: { after: 1000 } })
  const sizes = [1, 2, 3].map((turn) => {
    for (let batch = 0; batch < 10; batch += 1) {
      const calls = Array.from({ length: 800 }, (_, index) => {
        const number = turn * 8000 + batch * 800 + index
        const attributes = { [ATTRIBUTE.genAiConversationId]: `a session with a long name ${number}` }
        return callSpan({ traceId: hexId(32, number), start: START + number * QUARTER, attributes })
      })
      database.take(exportOf(calls, `service ${turn} ${batch}`))
    }
    while (database.prune(START));
    sweepAll(database)
    const { calls, bytes: used } = queriesOf(database).status()
    const resources = database.connection.prepare('SELECT attributes FROM resources').all().length
    // A session for each call, a service for each resource, and what all have.
    expect(wordsOf(database)).toHaveLength(calls.kept + resources + USUAL.length)
    return used
  })
  expect(Math.max(...sizes)).toBeLessThanOrEqual(bytes)
})

test('after words were removed, a late call is shown under its own user, although all sums are as before', () => {
  using database = opened()
  const queries = queriesOf(database)
  const shown = (): unknown => queries.breakdown('user', ALWAYS, 10).map(({ value, cost }) => [value, cost])
  database.take(callOf(0))
  expect(shown()).toEqual([['u0', '1']])
  database.prune(START + 2 * QUARTER + AGE_MS)
  sweepAll(database)
  database.take(exportOf([callSpan({ start: BEGIN, cost: 1, attributes: { [AI_ATTRIBUTE.user]: 'late' } })]))
  expect(shown()).toEqual([['late', '1']])
})

test('what is read together is of one moment, whatever another process does meanwhile', () => {
  using folder = temporaryFolder()
  const file = folder.path('calls.sqlite')
  using database = opened({ file })
  using other = opened({ file })
  database.take(callOf(0))
  const read = database.read(() => {
    const before = wordsOf(database)
    other.prune(START + 2 * QUARTER + AGE_MS)
    sweepAll(other)
    return [before, wordsOf(database)]
  })
  expect(read[1]).toEqual(read[0])
  expect(wordsOf(database)).toEqual(['s0'])
})

function byValue<Row extends { readonly value: string }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => a.value.localeCompare(b.value))
}

/** What the read API answers, in no order where that tells numbers of words. */
function answersOf(queries: ReturnType<typeof queriesOf>): unknown {
  const traces = queries.traces(ALWAYS, 1000)
  const dimensions = (Object.keys(DIMENSIONS) as Dimension[]).filter((name) => name !== 'all')
  const { calls } = queries.calls({}, 1000)
  return {
    calls,
    traces,
    trees: traces.map(({ traceId }) => [queries.trace(traceId), queries.exportTrace(traceId)]),
    bodies: calls.map(({ id }) => queries.body(id)),
    found: [0, 1, 2].map((of) => queries.calls({ filter: `user:"user ${of}" -session:"session 1"` }, 1000)),
    totals: queries.totals({ range: ALWAYS }),
    breakdowns: dimensions.map((by) => byValue(queries.breakdown(by, ALWAYS, 1000))),
    series: dimensions.map((by) => byValue(queries.series(by, ALWAYS, 30))),
    sessions: queries.sessions(ALWAYS, 1000).toSorted((a, b) => a.session.localeCompare(b.session)),
    logs: queries.logs({}, 1000),
    metrics: [0, 1, 2].map((of) =>
      queries
        .metric(metricName(of), ALWAYS)
        .filter(({ points }) => points.length > 0)
        .toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    ),
  }
}

test('whatever is written, pruned and swept between, the answers are those of a store that keeps all words', () => {
  fc.assert(
    fc.property(fc.array(work, { minLength: 5, maxLength: 60 }), (all) => {
      const [bounds, others] = [wideBounds(), wideBounds()]
      using database = opened({ bounds })
      using keeper = opened({ bounds: others })
      const [queries, expected] = [queriesOf(database), queriesOf(keeper)]
      for (const [number, some] of all.entries()) {
        perform(database, bounds, some, number)
        if (some.do !== 'sweep') perform(keeper, others, some, number)
        expect(missing(database.connection)).toEqual([])
        if (number % 8 === 7) expect(answersOf(queries)).toEqual(answersOf(expected))
      }
      // The first may have begun before the last removal.
      sweepAll(database)
      sweepAll(database)
      expect(unused(database.connection)).toEqual([0, 0, 0])
      expect(answersOf(queries)).toEqual(answersOf(expected))
    }),
  )
})

test('several processes may write, prune and sweep the same file: no column has a number without its word', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1), work), { minLength: 5, maxLength: 60 }), (all) => {
      using folder = temporaryFolder()
      const bounds = wideBounds()
      const options = { bounds, file: folder.path('calls.sqlite') }
      using one = opened(options)
      using other = opened(options)
      for (const [number, [which, some]] of all.entries()) {
        perform(which === 0 ? one : other, bounds, some, number)
        expect(missing(one.connection)).toEqual([])
      }
      sweepAll(one)
      sweepAll(one)
      expect(unused(one.connection)).toEqual([0, 0, 0])
    }),
    { numRuns: 40 },
  )
})
