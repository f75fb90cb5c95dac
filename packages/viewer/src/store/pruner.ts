import type { DatabaseSync } from 'node:sqlite'
import type { Counters } from './counters.ts'
import { DIMENSIONS, MEASURES, QUARTER, WIDTHS } from './dimensions.ts'

/** How much is kept. */
export interface StoreBounds {
  /** Bytes of the file. Default 512 MiB. */
  readonly bytes: number
  /** Milliseconds since the start of a span. Default 7 days. */
  readonly ageMs: number
}

/** Bounds where nobody sets others. */
export const DEFAULT_BOUNDS: StoreBounds = { bytes: 512 * 1024 * 1024, ageMs: 7 * 86_400_000 }

/** Spans that are removed at once: some 50 ms, in which nothing can be written. */
const SLICE = 5000
const NANOS_PER_MS = 1_000_000n
const MS_PER_MINUTE = 60_000
/** Nanoseconds are more than a number holds. */
const FIRST_MS = 'SELECT min(start) / 1000000 AS firstMs FROM traces'

/** A trace ends after it began: by its beginning, which has an index, those are told that need not be looked at. */
const TOO_OLD = 'WHERE start < ? AND finish < ?'

/** Where there are no traces to go by, the oldest go. */
const OLDEST_POINTS =
  'DELETE FROM points WHERE time <= (SELECT max(time) FROM (SELECT time FROM points ORDER BY time LIMIT ?))'

/** Removes the oldest traces when there is too much, slice by slice, and counts what has come in all. */
export class Pruner {
  readonly #database: DatabaseSync
  readonly #bounds: StoreBounds
  readonly #counters: Counters
  /** Whether the last `prune` removed anything. */
  removedAnything = false

  constructor(database: DatabaseSync, counters: Counters, bounds: StoreBounds) {
    this.#database = database
    this.#counters = counters
    this.#bounds = bounds
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
    const traces = this.#database
      .prepare(`SELECT id, spans, calls FROM traces ${isTooLarge ? '' : TOO_OLD} ORDER BY start LIMIT ?`)
      .all(...(isTooLarge ? [SLICE] : [oldest, oldest, SLICE])) as unknown as {
      id: number
      spans: number
      calls: number
    }[]
    let [spans, calls] = [0, 0]
    const chosen: number[] = []
    for (const trace of traces) {
      if (spans >= SLICE) break
      spans += trace.spans
      calls += trace.calls
      chosen.push(trace.id)
    }
    this.#removeFromSessions(chosen)
    for (const trace of chosen) this.#removeTrace(trace)
    this.#counters.add('spans removed', spans)
    this.#counters.add('calls removed', calls)
    const { sums, rows } = this.#removeOthers(oldest, isTooLarge)
    this.#counters.add('rows removed', spans + rows)
    this.removedAnything = chosen.length > 0 || sums + rows > 0
    if (this.removedAnything) this.#database.exec('PRAGMA incremental_vacuum(2000)')
    return this.removedAnything && (chosen.length < traces.length || traces.length === SLICE || isTooLarge)
  }

  /** Removes everything but what has been counted. */
  clear(): void {
    const tables =
      'content spans bodies calls traces sessions rollups sketches logs points series resources words'.split(' ')
    for (const table of tables) this.#database.exec(`DELETE FROM ${table}`)
    this.#counters.clear()
  }

  /** A session has no calls that are not there any more, and goes with the last of them. */
  #removeFromSessions(traces: readonly number[]): void {
    const gone = this.#database
      .prepare(
        `SELECT session, count(*) AS calls, sum(status IN (1, 2)) AS errors FROM spans JOIN calls ON calls.id = spans.id
         WHERE spans.trace IN (SELECT value FROM json_each(?)) AND session IS NOT NULL GROUP BY session`,
      )
      .all(JSON.stringify(traces)) as unknown as { session: number; calls: number; errors: number }[]
    const update = this.#database.prepare('UPDATE sessions SET calls = calls - ?, errors = errors - ? WHERE id = ?')
    const remove = this.#database.prepare('DELETE FROM sessions WHERE id = ? AND calls <= 0')
    for (const { session, calls, errors } of gone) {
      update.run(calls, errors, session)
      remove.run(session)
    }
  }

  #removeTrace(trace: number): void {
    const run = (sql: string): void => void this.#database.prepare(sql).run(trace)
    run('DELETE FROM content WHERE rowid IN (SELECT id FROM spans WHERE trace = ?)')
    run('DELETE FROM bodies WHERE id IN (SELECT id FROM spans WHERE trace = ?)')
    run('DELETE FROM calls WHERE id IN (SELECT id FROM spans WHERE trace = ?)')
    run('DELETE FROM spans WHERE trace = ?')
    run('DELETE FROM traces WHERE id = ?')
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
