import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { KeyFilter } from './key-filter.ts'
import { RowWriter } from './row-writer.ts'

/** Keys of a segment. Filters are made for as many. */
const SEGMENT_KEYS = 16_384
/** Keys that are looked for by one statement. */
const MANY = 16

/** A key that leads to no trace of its id is that of a trace that was removed, or has the key of another by chance. */
export const TRACE_KEY_TABLES = `
CREATE TABLE recent_trace_keys (
  key INTEGER NOT NULL,
  trace INTEGER NOT NULL,
  PRIMARY KEY (key, trace)
) WITHOUT ROWID;

CREATE TABLE trace_keys (
  segment INTEGER NOT NULL,
  key INTEGER NOT NULL,
  trace INTEGER NOT NULL,
  PRIMARY KEY (segment, key, trace)
) WITHOUT ROWID;

CREATE TABLE trace_segments (
  id INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  filter BLOB NOT NULL
);
`

/** The number of the trace that has an id, as a part of a statement. */
export function traceNumber(traceId: string): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const key = keyOf(traceId)
  const inSegments = 'trace_segments CROSS JOIN trace_keys ON segment = trace_segments.id WHERE key = ?'
  const traces = `SELECT trace FROM recent_trace_keys WHERE key = ? UNION ALL SELECT trace FROM ${inSegments}`
  return { sql: `(SELECT id FROM traces WHERE id IN (${traces}) AND trace_id = ?)`, values: [key, key, traceId] }
}

const findSql = (table: string): string =>
  `SELECT traces.id, trace_id AS traceId FROM ${table} CROSS JOIN traces ON traces.id = trace`

/** The keys that are in no segment yet. */
interface Recent {
  count: number
  readonly filter: KeyFilter
}

interface Segment {
  readonly id: number
  readonly filter: KeyFilter
}

interface FoundTrace {
  readonly id: number
  readonly traceId: string
}

/**
 * Numbers of traces by their ids, for who writes.
 *
 * Ids are random: in an index of all of them almost each new trace changes a page of its own, which took a sixth of all time. So the keys of the latest traces are in a
 * small table, from which they are moved, in their order, into a segment that does not change any more. Filters in memory tell which segments need not be asked.
 */
export class TraceKeys {
  readonly #database: DatabaseSync
  readonly #recent: RowWriter
  readonly #findRecent: StatementSync
  readonly #findInSegment: StatementSync
  #segments: readonly Segment[] | undefined
  #recentKeys: Recent | undefined

  constructor(database: DatabaseSync) {
    this.#database = database
    // The numbers of the last traces that were removed are given again, perhaps to the same.
    const onConflict = 'DO NOTHING'
    this.#recent = new RowWriter(database, { table: 'recent_trace_keys', columns: ['key', 'trace'], onConflict })
    const keys = Array.from({ length: MANY }, () => '?').join(', ')
    this.#findRecent = database.prepare(`${findSql('recent_trace_keys')} WHERE key IN (${keys})`)
    this.#findInSegment = database.prepare(`${findSql('trace_keys')} WHERE segment = ? AND key = ?`)
  }

  /** Looks up traces by their ids, many at once. */
  find(traceIds: readonly string[]): readonly FoundTrace[] {
    const found: FoundTrace[] = []
    const keys = traceIds.map(keyOf)
    const { filter: recent } = (this.#recentKeys ??= this.#readRecent())
    const inRecent = keys.filter((key) => recent.mayHave(key))
    for (let at = 0; at < inRecent.length; at += MANY) {
      const some = inRecent.slice(at, at + MANY)
      const nothing = Array.from({ length: MANY - some.length }, () => null)
      found.push(...(this.#findRecent.all(...some, ...nothing) as unknown as FoundTrace[]))
    }
    for (const { id, filter } of (this.#segments ??= this.#readSegments())) {
      for (const key of keys) {
        if (filter.mayHave(key)) found.push(...(this.#findInSegment.all(id, key) as unknown as FoundTrace[]))
      }
    }
    const wanted = new Set(traceIds)
    return found.filter(({ traceId }) => wanted.has(traceId))
  }

  /** Adds a new trace, which is written at the latest by `write`. */
  add(traceId: string, trace: number): void {
    const recent = (this.#recentKeys ??= this.#readRecent())
    const key = keyOf(traceId)
    this.#recent.add([key, trace])
    recent.filter.add(key)
    recent.count += 1
  }

  /** Writes what was added. */
  write(): void {
    this.#recent.flush()
    if (this.#recentKeys && this.#recentKeys.count >= SEGMENT_KEYS) this.#moveRecent(this.#recentKeys)
  }

  /** Another process may have written, or what was added is not there any more. */
  forget(): void {
    this.#recent.clear()
    this.#recentKeys = undefined
    this.#segments = undefined
  }

  /** All at once: that takes as long as to write some hundred traces. */
  #moveRecent({ filter }: Recent): void {
    const { lastInsertRowid } = this.#database
      .prepare(
        'INSERT INTO trace_segments (first, last, filter) SELECT min(trace), max(trace), ? FROM recent_trace_keys',
      )
      .run(filter.bits)
    const id = Number(lastInsertRowid)
    this.#database.prepare('INSERT INTO trace_keys SELECT ?, key, trace FROM recent_trace_keys').run(id)
    this.#database.exec('DELETE FROM recent_trace_keys')
    this.#recentKeys = { count: 0, filter: new KeyFilter() }
    this.#segments = [{ id, filter }, ...(this.#segments ?? this.#readSegments())]
  }

  #readRecent(): Recent {
    const recent = { count: 0, filter: new KeyFilter() }
    for (const { key } of this.#database.prepare('SELECT key FROM recent_trace_keys').iterate()) {
      recent.filter.add(key as number)
      recent.count += 1
    }
    return recent
  }

  /** Those of the latest traces first. */
  #readSegments(): readonly Segment[] {
    return this.#database
      .prepare('SELECT id, filter FROM trace_segments ORDER BY id DESC')
      .all()
      .map(({ id, filter }) => ({ id: Number(id), filter: new KeyFilter(filter as Uint8Array) }))
  }
}

/** Removes a segment none of whose traces is there any more, if there is one. Says whether there was. */
export function removeEmptySegment(database: DatabaseSync): boolean {
  const empty = database
    .prepare(
      'SELECT id FROM trace_segments WHERE NOT EXISTS (SELECT 1 FROM traces WHERE traces.id BETWEEN first AND last) LIMIT 1',
    )
    .get()
  if (!empty) return false
  const id = Number(empty['id'])
  database.prepare('DELETE FROM trace_keys WHERE segment = ?').run(id)
  database.prepare('DELETE FROM trace_segments WHERE id = ?').run(id)
  return true
}

/** 53 bits in the way of FNV-1a (https://datatracker.ietf.org/doc/html/draft-eastlake-fnv), by two primes, whatever an id is made of. Files have these numbers. */
function keyOf(traceId: string): number {
  let [high, low] = [0x811c9dc5, 0x811c9dc5]
  for (let at = 0; at < traceId.length; at += 1) {
    const code = traceId.charCodeAt(at)
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x9e3779b1)
  }
  return (mixed(high) >>> 11) * 2 ** 32 + mixed(low)
}

/** Lets each bit depend on each other: the end of MurmurHash3. */
function mixed(hash: number): number {
  let bits = hash
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
