import { DatabaseSync } from 'node:sqlite'
import { assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { prepareSchema } from '../store/schema.ts'
import { conditionsOf, FilterError } from './filter.ts'

describe('a filter is read term by term', () => {
  test.each([
    ['model:gpt-4o', ['model = (SELECT id FROM words WHERE word = ?)'], ['gpt-4o']],
    ['model:gpt-*', ['(SELECT word FROM words WHERE words.id = model) GLOB ?'], ['gpt-*']],
    ['model:a[b?c*', ['(SELECT word FROM words WHERE words.id = model) GLOB ?'], ['a[[]b[?]c*']],
    ['user:none', ['user IS NULL'], []],
    ['user:*', ['user IS NOT NULL'], []],
    ['feature:"order status"', ['feature = (SELECT id FROM words WHERE word = ?)'], ['order status']],
    ['cost>0.01', ['cost / 1e12 > ?'], [0.01]],
    ['ttft<=2', ['first_chunk / 1e9 <= ?'], [2]],
    ['attempts:2', ['attempts = ?'], [2]],
    ['status:cancelled', ['status = ?'], [3]],
    ['error:429', ['(status = ? OR rate_limit_hits > 0)'], [2]],
    ['-status:success', ['NOT coalesce(status = ?, 0)'], [0]],
    ['parcel', ['id IN (SELECT rowid FROM content WHERE content MATCH ?)'], ['"parcel"']],
    ['"say \\"hi\\" now"', ['id IN (SELECT rowid FROM content WHERE content MATCH ?)'], ['"say ""hi"" now"']],
    ['5%', ["(SELECT body FROM bodies WHERE bodies.id = calls.id) LIKE ? ESCAPE '\\'"], [String.raw`%5\%%`]],
    [
      '  model:o1   tokens>=9 ',
      ['model = (SELECT id FROM words WHERE word = ?)', '(coalesce(input, 0) + coalesce(output, 0)) >= ?'],
      ['o1', 9],
    ],
    ['', [], []],
  ])('%s', (filter, sql, values) => {
    const conditions = conditionsOf(filter)
    expect(conditions.map((condition) => condition.sql)).toEqual(sql)
    expect(conditions.flatMap((condition) => condition.values)).toEqual(values)
  })
})

test.each([
  ['colour:red', /^There is no field colour; there is status, error, trace, model, /],
  ['model>3', 'model is compared by model:…, not by >'],
  ['cost>cheap', 'cost is compared with a number, as in cost>1, not with "cheap"'],
  ['status:fine', 'There is no status fine; there is success, error, rate_limit, cancelled'],
])('%s is refused', (filter, message) => {
  expect(() => conditionsOf(filter)).toThrow(message)
})

test('a field without a value is a text to search for', () => {
  expect(conditionsOf('cost>')).toMatchObject([{ sql: expect.stringContaining('MATCH'), values: ['"cost>"'] }])
})

test('whatever is typed is a query that SQLite understands, or refused', () => {
  const database = new DatabaseSync(':memory:')
  prepareSchema(database, ':memory:')
  assert(
    property(string({ maxLength: 60, unit: 'grapheme' }), (filter) => {
      try {
        const conditions = conditionsOf(filter)
        const where = conditions.map(({ sql }) => sql).join(' AND ') || '1'
        database.prepare(`SELECT id FROM calls WHERE ${where}`).all(...conditions.flatMap(({ values }) => values))
      } catch (error) {
        expect(error).toBeInstanceOf(FilterError)
      }
    }),
    { numRuns: 1000 },
  )
  database.close()
})
