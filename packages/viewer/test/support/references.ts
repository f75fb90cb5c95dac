import type { DatabaseSync } from 'node:sqlite'

/** Every column that holds numbers of words; sums of all calls have none. */
const WORDS = {
  traces: ['service'],
  spans: ['name', 'service'],
  bodies: ['scope'],
  calls:
    'service operation provider model response_model error_type unpriced finish_reason feature tenant user session prompt'.split(
      ' ',
    ),
  'rollups WHERE dimension > 0': ['value'],
  'sketches WHERE dimension > 0': ['value'],
  sessions: ['id'],
  logs: ['service', 'event'],
  series: ['metric', 'unit', 'service'],
}
const RESOURCES = { bodies: ['resource'], logs: ['resource'], series: ['resource'] }
const SERIES = { points: ['series'] }

const usedIn = (columns: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(columns)
    .flatMap(([table, names]) => names.map((name) => `SELECT ${name} AS id FROM ${table}`))
    .join(' UNION ')

const TABLES = { words: usedIn(WORDS), resources: usedIn(RESOURCES), series: usedIn(SERIES) }
type Table = keyof typeof TABLES
const NAMES = Object.keys(TABLES) as Table[]

const idsOf = (database: DatabaseSync, sql: string): readonly unknown[] =>
  database
    .prepare(sql)
    .all()
    .map(({ id }) => id)

/** Numbers in any column that nothing has. */
export function missing(database: DatabaseSync): readonly unknown[] {
  return NAMES.flatMap((table) =>
    idsOf(database, `SELECT id FROM (${TABLES[table]}) WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM ${table})`),
  )
}

/** How many words, resources and series there are to which nothing refers, but for the newest. */
export function unused(database: DatabaseSync): readonly number[] {
  return NAMES.map((table) => {
    const used = `SELECT id FROM (${TABLES[table]}) WHERE id IS NOT NULL`
    const newest = `SELECT max(id) FROM ${table}`
    return idsOf(database, `SELECT id FROM ${table} WHERE id NOT IN (${used}) AND id < (${newest})`).length
  })
}
