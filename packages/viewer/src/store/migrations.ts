import type { DatabaseSync } from 'node:sqlite'
import { addUpAnew } from './add-up-anew.ts'
import { SESSIONS, SPANS, SUMS, TRACES } from './tables.ts'
import { TraceKeys } from './trace-keys.ts'

/** What leads the file of a version to the next, inside a transaction of the caller's. */
export const MIGRATIONS: Readonly<Record<number, (database: DatabaseSync) => void>> = {
  1: addSessions,
  2: (database) => {
    database.exec(`DROP TABLE rollups; DROP TABLE sketches; ${SUMS}`)
    addUpAnew(database)
  },
  3: (database) => {
    copyAnew(database, 'spans', SPANS)
    database.exec(RUNS_OF_SPANS)
    database.exec('DROP INDEX traces_by_start')
    copyAnew(database, 'traces', TRACES)
    addTraceKeys(database)
  },
}

function addSessions(database: DatabaseSync): void {
  database.exec(`
    ${SESSIONS}
    DROP INDEX calls_by_session;
    CREATE INDEX calls_by_session ON calls (session, start) WHERE session IS NOT NULL;
    INSERT INTO sessions SELECT session, min(start), max(start + duration), count(*), sum(status IN (1, 2)) FROM calls
      WHERE session IS NOT NULL GROUP BY session;
  `)
}

/** An index that is part of a table can only go with it. */
function copyAnew(database: DatabaseSync, table: string, definition: string): void {
  database.exec(`
    ALTER TABLE ${table} RENAME TO old_${table};
    ${definition}
    INSERT INTO ${table} SELECT * FROM old_${table};
    DROP TABLE old_${table};
  `)
}

/** Numbers that follow each other grow as their places in the order do. */
const RUNS_OF_SPANS = `INSERT INTO runs SELECT trace, min(id), count(*) FROM
  (SELECT trace, id, id - row_number() OVER (PARTITION BY trace ORDER BY id) AS run FROM spans) GROUP BY trace, run`

function addTraceKeys(database: DatabaseSync): void {
  const keys = new TraceKeys(database)
  for (const { id, traceId } of database.prepare('SELECT id, trace_id AS traceId FROM traces ORDER BY id').iterate()) {
    keys.add(String(traceId), Number(id))
    keys.write()
  }
}
