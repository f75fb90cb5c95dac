import type { DatabaseSync } from 'node:sqlite'
import { canSearch, contentTable, prepareSearch } from './text-search.ts'

/** Version of the tables below. A file of an older version is migrated if there is a way, else refused. */
const SCHEMA_VERSION = 1

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
CREATE INDEX calls_by_session ON calls (session) WHERE session IS NOT NULL;

CREATE TABLE rollups (
  minute INTEGER NOT NULL,
  dimension INTEGER NOT NULL,
  value INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  rate_limits INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  rate_limit_hits INTEGER NOT NULL,
  retries INTEGER NOT NULL,
  input INTEGER NOT NULL,
  cached INTEGER NOT NULL,
  output INTEGER NOT NULL,
  cost INTEGER NOT NULL,
  unpriced INTEGER NOT NULL,
  PRIMARY KEY (dimension, minute, value)
) WITHOUT ROWID;

CREATE TABLE sketches (
  minute INTEGER NOT NULL,
  dimension INTEGER NOT NULL,
  value INTEGER NOT NULL,
  measure INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (dimension, measure, minute, value, bucket)
) WITHOUT ROWID;

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
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
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

function checkSearch(database: DatabaseSync, file: string): void {
  if (canSearch(database)) {
    prepareSearch(database)
    return
  }
  throw new SchemaVersionError(
    `${file} was written on a newer Node, whose SQLite has an index of texts. Use that Node, delete the file, or choose another one with --file`,
  )
}
