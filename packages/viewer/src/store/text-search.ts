import type { DatabaseSync } from 'node:sqlite'

/** An index of every three characters that follow each other; the texts themselves are in `bodies` already. */
const INDEXED =
  "CREATE VIRTUAL TABLE content USING fts5(text, content = '', contentless_delete = 1, tokenize = 'trigram')"

/** The same for the SQLite of Node 22.15, which was built without fts5: texts that are looked at one by one. `MATCH` asks for a column of the table's name. */
const PLAIN =
  'CREATE TABLE content (rowid INTEGER PRIMARY KEY, text TEXT NOT NULL, content TEXT GENERATED ALWAYS AS (text) VIRTUAL)'

/** The statement that makes the table of what is searched, as this SQLite can. */
export function contentTable(database: DatabaseSync): string {
  return hasIndex(database) ? INDEXED : PLAIN
}

/** Whether the table in a file is one that this SQLite can write. */
export function canSearch(database: DatabaseSync): boolean {
  return hasIndex(database) || !isIndexed(database)
}

/** Lets `MATCH` find phrases in quotes where the table has no index: `"a" AND "b" NOT "c"`, or `"a" OR "b"`. */
export function prepareSearch(database: DatabaseSync): void {
  if (isIndexed(database)) return
  database.function('match', { deterministic: true }, (expression, text) =>
    Number(isMatch(String(expression), String(text).toLowerCase())),
  )
}

const PHRASE = /(AND|OR|NOT|^) ?"((?:[^"]|"")*)"/g

function isMatch(expression: string, text: string): boolean {
  let matches = true
  for (const [, operator, phrase = ''] of expression.matchAll(PHRASE)) {
    const isThere = text.includes(phrase.replaceAll('""', '"').toLowerCase())
    if (operator === 'OR') matches ||= isThere
    else matches &&= isThere !== (operator === 'NOT')
  }
  return matches
}

function hasIndex(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").get() !== undefined
}

function isIndexed(database: DatabaseSync): boolean {
  const found = database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'content'").get()
  return String(found?.['sql']).startsWith('CREATE VIRTUAL TABLE')
}
