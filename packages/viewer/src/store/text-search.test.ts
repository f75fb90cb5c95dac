import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { canSearch, prepareSearch } from './text-search.ts'

/** As the SQLite of Node 22.15 makes it. */
const PLAIN =
  'CREATE TABLE content (rowid INTEGER PRIMARY KEY, text TEXT NOT NULL, content TEXT GENERATED ALWAYS AS (text) VIRTUAL)'

test('without an index, the same query finds the same texts', () => {
  const database = new DatabaseSync(':memory:')
  database.exec(PLAIN)
  prepareSearch(database)
  expect(canSearch(database)).toBe(true)
  const add = database.prepare('INSERT INTO content (rowid, text) VALUES (?, ?)')
  add.run(1, 'Where is my PARCEL?')
  add.run(2, 'say "hi" now')
  const found = (phrase: string): unknown =>
    database
      .prepare('SELECT rowid FROM content WHERE content MATCH ?')
      .all(phrase)
      .map(({ rowid }) => rowid)
  expect([found('"parcel"'), found('"""hi"""'), found('"nothing"')]).toEqual([[1], [2], []])
  expect([found('"where" AND "is"'), found('"where" AND "now"'), found('"hi" OR "parcel"')]).toEqual([[1], [], [1, 2]])
  expect([found('"say" NOT "parcel"'), found('"say" NOT "no" NOT "parcel"')]).toEqual([[2], []])
  database.exec('DELETE FROM content WHERE rowid = 1')
  expect(found('"parcel"')).toEqual([])
  database.close()
})
