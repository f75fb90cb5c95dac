import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Counters } from './counters.ts'
import { DIMENSIONS, MEASURES, QUARTER, WIDTHS } from './dimensions.ts'
import { spanNumbers } from './runs.ts'
import { removeEmptySegment } from './trace-keys.ts'

/** How much is kept. */
export interface StoreBounds {
  /** Bytes of the file. Default 512 MiB. */
  readonly bytes: number
  /** Milliseconds since the start of a span. Default 7 days. */
  readonly ageMs: number
}

/** Bounds where nobody sets others. */
export const DEFAULT_BOUNDS: StoreBounds = { bytes: 512 * 1024 * 1024, ageMs: 7 * 86_400_000 }

/** Log records, points and traces that are looked for or removed at once. */
const SLICE = 5000
/** Spans of traces that are removed by the same statements. */
const STEP_SPANS = 500
/** How long spans are removed at once: in which nothing can be written, and what ends the transaction takes as long again. */
const SLICE_MS = 20
const NANOS_PER_MS = 1_000_000n
const MS_PER_MINUTE = 60_000
/** Nanoseconds are more than a number holds. */
const FIRST_MS = 'SELECT min(start) / 1000000 AS firstMs FROM traces'

/** A trace ends after it began: by its beginning, which has an index, those are told that need not be looked at. */
const TOO_OLD = 'WHERE start < ? AND finish < ?'

/** Where there are no traces to go by, the oldest go. */
const OLDEST_POINTS =
  'DELETE FROM points WHERE time <= (SELECT max(time) FROM (SELECT time FROM points ORDER BY time LIMIT ?))'

const CHOSEN = '(SELECT value FROM json_each(?))'
const SPANS = `(${spanNumbers(`runs.trace IN ${CHOSEN}`)})`
/** Runs last but for their traces: by them the others are found. */
const REMOVE_ROWS: readonly string[] = [
  `DELETE FROM content WHERE rowid IN ${SPANS}`,
  `DELETE FROM bodies WHERE id IN ${SPANS}`,
  `DELETE FROM calls WHERE id IN ${SPANS}`,
  `DELETE FROM spans WHERE id IN ${SPANS}`,
  `DELETE FROM runs WHERE trace IN ${CHOSEN}`,
  `DELETE FROM span_ids WHERE trace IN ${CHOSEN}`,
  `DELETE FROM traces WHERE id IN ${CHOSEN}`,
]

/** What sessions lose with these traces. */
const LOST_CALLS = `SELECT session, count(*) AS calls, sum(status IN (1, 2)) AS errors FROM calls
  WHERE id IN ${SPANS} AND session IS NOT NULL GROUP BY session`

interface FoundTrace {
  readonly id: number
  readonly spans: number
  readonly calls: number
}

/** Traces from a place on that have the spans of a step together, or one that has more. */
function firstOf(found: readonly FoundTrace[], from: number): readonly FoundTrace[] {
  let [to, spans] = [from, 0]
  while (to < found.length && spans < STEP_SPANS) spans += found[to++]?.spans ?? 0
  return found.slice(from, to)
}

/** Removes the oldest traces when there is too much, slice by slice, and counts what has come in all. */
export class Pruner {
  readonly #database: DatabaseSync
  readonly #bounds: StoreBounds
  readonly #counters: Counters
  readonly #removeRows: readonly StatementSync[]
  readonly #lostCalls: StatementSync
  readonly #updateSession: StatementSync
  readonly #removeSession: StatementSync
  /** Whether the last `prune` removed anything. */
  removedAnything = false

  constructor(database: DatabaseSync, counters: Counters, bounds: StoreBounds) {
    this.#database = database
    this.#counters = counters
    this.#bounds = bounds
    this.#removeRows = REMOVE_ROWS.map((sql) => database.prepare(sql))
    this.#lostCalls = database.prepare(LOST_CALLS)
    this.#updateSession = database.prepare('UPDATE sessions SET calls = calls - ?, errors = errors - ? WHERE id = ?')
    this.#removeSession = database.prepare('DELETE FROM sessions WHERE id = ? AND calls <= 0')
  }

  get bounds(): StoreBounds {
    return this.#bounds
  }

  /** Counts what has come, so that a person can be told what is not there any more. */
  count(name: 'calls' | 'spans', more: number): void {
    this.#counters.add(name, more)
  }

  /** How many have come since the file was made. */
  received(name: 'calls' | 'spans'): number {
    return this.#counters.get(name)
  }

  /** How many of them are still there. */
  kept(name: 'calls' | 'spans'): number {
    return this.received(name) - this.#counters.get(`${name} removed`)
  }

  /** Bytes in use: pages that are free do not count. */
  bytes(): number {
    const pragma = (name: string): number => Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
  }

  /** Removes a slice of what is too old or too much, inside a transaction of the caller's. Says whether there is more. */
  prune(nowMs: number): boolean {
    const oldest = BigInt(Math.max(0, Math.floor(nowMs - this.#bounds.ageMs))) * NANOS_PER_MS
    const isTooLarge = this.bytes() > this.#bounds.bytes
    const found = this.#database
      .prepare(`SELECT id, spans, calls FROM traces ${isTooLarge ? '' : TOO_OLD} ORDER BY start LIMIT ?`)
      .all(...(isTooLarge ? [SLICE] : [oldest, oldest, SLICE])) as unknown as FoundTrace[]
    const { removed, spans } = this.#removeTraces(found)
    const { sums, rows } = this.#removeOthers(oldest, isTooLarge)
    this.#counters.add('rows removed', spans + rows)
    this.removedAnything = removed > 0 || sums + rows > 0
    const hasMoreKeys = this.removedAnything && removeEmptySegment(this.#database)
    if (this.removedAnything) this.#database.exec('PRAGMA incremental_vacuum(2000)')
    return this.removedAnything && (hasMoreKeys || removed < found.length || found.length === SLICE || isTooLarge)
  }

  /** Removes the first of these traces, step by step, until the time of a slice is over. */
  #removeTraces(found: readonly FoundTrace[]): { readonly removed: number; readonly spans: number } {
    const deadline = performance.now() + SLICE_MS
    let [removed, spans, calls] = [0, 0, 0]
    while (removed < found.length && performance.now() < deadline) {
      const step = firstOf(found, removed)
      this.#removeStep(step.map(({ id }) => id))
      removed += step.length
      for (const trace of step) {
        spans += trace.spans
        calls += trace.calls
      }
    }
    this.#counters.add('spans removed', spans)
    this.#counters.add('calls removed', calls)
    return { removed, spans }
  }

  /** Removes everything but what has been counted. */
  clear(): void {
    const tables =
      'content spans runs span_ids bodies calls traces sessions rollups sketches logs points series resources words'.split(
        ' ',
      )
    const ofTraceKeys = 'recent_trace_keys trace_keys trace_segments'.split(' ')
    for (const table of [...tables, ...ofTraceKeys]) this.#database.exec(`DELETE FROM ${table}`)
    this.#counters.clear()
  }

  #removeStep(traces: readonly number[]): void {
    const ids = JSON.stringify(traces)
    this.#removeFromSessions(ids)
    for (const statement of this.#removeRows) statement.run(ids)
  }

  /** A session has no calls that are not there any more, and goes with the last of them. */
  #removeFromSessions(traces: string): void {
    const lost = this.#lostCalls.all(traces) as unknown as { session: number; calls: number; errors: number }[]
    for (const { session, calls, errors } of lost) {
      this.#updateSession.run(calls, errors, session)
      this.#removeSession.run(session)
    }
  }

  /** Sums of minutes, records and points go with the calls of their time. */
  #removeOthers(oldest: bigint, isTooLarge: boolean): { readonly sums: number; readonly rows: number } {
    const { firstMs } = this.#database.prepare(FIRST_MS).get() as { firstMs: number | null }
    const first = BigInt(firstMs ?? 0) * NANOS_PER_MS
    const before = isTooLarge && first > oldest ? first : oldest
    const minute = Number(before / NANOS_PER_MS / BigInt(MS_PER_MINUTE))
    const remove = (sql: string, bound: bigint | number): number =>
      Number(this.#database.prepare(sql).run(bound).changes)
    let sums = 0
    for (const place of placesOfSums(minute)) {
      sums += remove(`DELETE FROM rollups WHERE ${place.rollups} AND minute < ?`, place.before)
      for (const sketches of place.sketches)
        sums += remove(`DELETE FROM sketches WHERE ${sketches} AND minute < ?`, place.before)
    }
    let rows = remove(
      `DELETE FROM logs WHERE id IN (SELECT id FROM logs WHERE time < ? ORDER BY time LIMIT ${SLICE})`,
      before,
    )
    // Series by series, as points stand: else all of them would be read.
    rows += remove('DELETE FROM points WHERE series IN (SELECT id FROM series) AND time < ?', before)
    if (isTooLarge && firstMs === null) {
      rows += remove('DELETE FROM logs WHERE id IN (SELECT id FROM logs ORDER BY time LIMIT ?)', SLICE)
      rows += remove(OLDEST_POINTS, SLICE)
    }
    return { sums, rows }
  }
}

interface PlaceOfSums {
  readonly rollups: string
  readonly sketches: readonly string[]
  readonly before: number
}

/** Where sums stand, beginning by beginning of their keys: without these all of them would be read. A quarter of an hour goes as a whole. */
function placesOfSums(minute: number): readonly PlaceOfSums[] {
  return WIDTHS.flatMap((width) =>
    Object.values(DIMENSIONS).map((dimension) => {
      const rollups = `width = ${width} AND dimension = ${dimension}`
      const sketches = Object.values(MEASURES).map((measure) => `${rollups} AND measure = ${measure}`)
      return { rollups, sketches, before: width === QUARTER ? minute - (minute % QUARTER) : minute }
    }),
  )
}
