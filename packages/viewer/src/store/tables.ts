import { SUM_COLUMNS } from './dimensions.ts'
import { TRACE_KEY_TABLES } from './trace-keys.ts'

/** Sums of traces. Their ids have tables of their own. */
export const TRACES: string = `
CREATE TABLE traces (
  id INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL,
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
${TRACE_KEY_TABLES}`

/** Spans, and which of them belong to a trace: those of a run have numbers that follow each other. Long traces have an index of the ids of their spans. */
export const SPANS: string = `
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
  failed INTEGER NOT NULL
);

CREATE TABLE runs (
  trace INTEGER NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (trace, first)
) WITHOUT ROWID;

CREATE TABLE span_ids (
  trace INTEGER NOT NULL,
  span_id TEXT NOT NULL,
  PRIMARY KEY (trace, span_id)
) WITHOUT ROWID;
`

/** Sums of `width` minutes from `minute` on, and sketches of their durations. */
export const SUMS: string = `
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
export const SESSIONS: string = `
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
export const TABLES: string = `
CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
CREATE TABLE resources (id INTEGER PRIMARY KEY, attributes TEXT NOT NULL UNIQUE);

${TRACES}
${SPANS}
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
