import type { DatabaseSync } from 'node:sqlite'
import { SUM_COLUMNS } from './dimensions.ts'
import { addUpAnew } from './add-up-anew.ts'
import { canSearch, contentTable, prepareSearch } from './text-search.ts'

/** Version of the tables below. A file of an older version is migrated if there is a way, else refused. */
const SCHEMA_VERSION = 3

/** Sums of `width` minutes from `minute` on, and sketches of their durations. */
const SUMS = `
CREATE TABLE rollups (
  width INTEGER NOT NULL,
  minute INTEGER NOT NULL,
  dimension INTEGER NOT NULL,
  value INTEGER NOT NULL,
  ${SUM_COLUMNS.map((name) => `${name} INTEGER NOT NULL,`).join(' ')}
  PRIMARY KEY (width, dimension, minute, value)
) WITHOUT ROWID;

CREATE TABLE sketches (
  width INTEGER NOT NULL,
  minute INTEGER NOT NULL,
  dimension INTEGER NOT NULL,
  value INTEGER NOT NULL,
  measure INTEGER NOT NULL,
  counts BLOB NOT NULL,
  PRIMARY KEY (width, dimension, measure, minute, value)
) WITHOUT ROWID;
`

/** Sums of sessions. */
const SESSIONS = `
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  start INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  errors INTEGER NOT NULL
);
CREATE INDEX sessions_by_finish ON sessions (finish, start);
`

/**
 * Narrow rows of integers for what lists and charts read; texts that repeat in `words`; everything else of a span, its body, apart, by the same id.
 * Rollups hold sums by minute for each value of each dimension, so that a chart over a million calls reads some thousand rows.
 */
const TABLES = `
CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
CREATE TABLE resources (id INTEGER PRIMARY KEY, attributes TEXT NOT NULL UNIQUE);

CREATE TABLE traces (
  id INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL UNIQUE,
  root INTEGER,
  service INTEGER NOT NULL,
  start INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  spans INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  cost INTEGER NOT NULL,
  unpriced INTEGER NOT NULL
);
CREATE INDEX traces_by_start ON traces (start);

CREATE TABLE spans (
  id INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL,
  span_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  name INTEGER NOT NULL,
  service INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  role INTEGER NOT NULL,
  start INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  UNIQUE (trace, span_id)
);

CREATE TABLE bodies (
  id INTEGER PRIMARY KEY,
  resource INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  body TEXT NOT NULL
);

CREATE TABLE calls (
  id INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL,
  start INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  first_chunk INTEGER,
  service INTEGER NOT NULL,
  operation INTEGER NOT NULL,
  provider INTEGER,
  model INTEGER,
  response_model INTEGER,
  status INTEGER NOT NULL,
  error_type INTEGER,
  input INTEGER,
  cached INTEGER,
  cache_write INTEGER,
  output INTEGER,
  reasoning INTEGER,
  cost INTEGER,
  unpriced INTEGER,
  estimated INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  rate_limit_hits INTEGER NOT NULL,
  chunks INTEGER,
  finish_reason INTEGER,
  feature INTEGER,
  tenant INTEGER,
  user INTEGER,
  session INTEGER,
  prompt INTEGER
);
CREATE INDEX calls_by_start ON calls (start);
CREATE INDEX calls_by_session ON calls (session, start) WHERE session IS NOT NULL;

${SUMS}
${SESSIONS}
CREATE TABLE logs (
  id INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  trace_id TEXT NOT NULL,
  span_id TEXT NOT NULL,
  severity INTEGER NOT NULL,
  service INTEGER NOT NULL,
  event INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX logs_by_time ON logs (time);
CREATE INDEX logs_by_span ON logs (trace_id, span_id) WHERE trace_id <> '';

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  metric INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  service INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  attributes TEXT NOT NULL,
  UNIQUE (metric, resource, attributes)
);
CREATE TABLE points (
  series INTEGER NOT NULL,
  time INTEGER NOT NULL,
  value REAL,
  count INTEGER,
  body TEXT,
  PRIMARY KEY (series, time)
) WITHOUT ROWID;

CREATE TABLE counters (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
`

/** What leads from a version to the next. Sums of minutes are not among it: they are added up anew. */
const MIGRATIONS: Readonly<Record<number, string>> = {
  1: `
    ${SESSIONS}
    DROP INDEX calls_by_session;
    CREATE INDEX calls_by_session ON calls (session, start) WHERE session IS NOT NULL;
    INSERT INTO sessions SELECT session, min(start), max(start + duration), count(*), sum(status IN (1, 2)) FROM calls
      WHERE session IS NOT NULL GROUP BY session;
  `,
  2: '',
}

/** A file that is of another version of the viewer. The message says what to do. */
export class SchemaVersionError extends Error {
  override readonly name = 'SchemaVersionError'
}

/**
 * Makes the tables in a new file, or checks that those of an old one are ours.
 *
 * @throws SchemaVersionError when the file is of another version.
 */
export function prepareSchema(database: DatabaseSync, file: string): void {
  const version = migrated(database)
  if (version === SCHEMA_VERSION) {
    checkSearch(database, file)
    return
  }
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  if (version !== 0 || tables > 0) {
    const whose = version > SCHEMA_VERSION ? 'a newer version of Tokenmeter' : 'something else'
    throw new SchemaVersionError(
      `${file} was written by ${whose} (version ${version}, this one reads ${SCHEMA_VERSION}). Delete it, or choose another file with --file`,
    )
  }
  database.exec(`BEGIN; ${TABLES} ${contentTable(database)}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
  prepareSearch(database)
}

/** Leads a file of ours to the newest version; says which one it has. */
function migrated(database: DatabaseSync): number {
  const versionOf = (): number => Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (!(versionOf() in MIGRATIONS)) return versionOf()
  database.exec('BEGIN EXCLUSIVE')
  try {
    // Another process may have been first.
    if (versionOf() in MIGRATIONS) {
      for (let version = versionOf(); version in MIGRATIONS; version += 1) database.exec(MIGRATIONS[version] ?? '')
      database.exec(`DROP TABLE rollups; DROP TABLE sketches; ${SUMS}`)
      addUpAnew(database)
      database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
    }
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
  return versionOf()
}

function checkSearch(database: DatabaseSync, file: string): void {
  if (canSearch(database)) {
    prepareSearch(database)
    return
  }
  throw new SchemaVersionError(
    `${file} was written on a newer Node, whose SQLite has an index of texts. Use that Node, delete the file, or choose another one with --file`,
  )
}
