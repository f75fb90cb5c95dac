import type { DatabaseSync } from 'node:sqlite'
import type { Counters } from './counters.ts'
import { Marks, References } from './references.ts'

/** How words are looked through. */
export interface SweepOptions {
  /** Rows that must have been removed since the last time. Default: a quarter of those that are there, and at least 5000. */
  readonly after?: number
  /** Milliseconds of a slice. Default 25. */
  readonly sliceMs?: number
  /** Rows that are looked at in one step of a slice. Default 1000. */
  readonly stepRows?: number
}

const AFTER_PART = 4
const AFTER_ROWS = 5000
const SLICE_MS = 25
const STEP_ROWS = 1000
/** To remove a row takes some times as long as to look at it. */
const REMOVED_PART = 4

const aboutRows = (table: string): string =>
  `coalesce((SELECT max(id) FROM ${table}) - (SELECT min(id) FROM ${table}), 0)`
const ABOUT_ROWS = `SELECT ${aboutRows('spans')} + ${aboutRows('logs')} AS rows`

/** A search through the whole file. */
interface Round {
  readonly references: References
  readonly steps: Iterator<void>
  /** What was removed when it was last looked: where it is more, another process has removed something. */
  removed: number
}

/**
 * Removes the words, resources and series that nothing refers to any more: else each user and session that ever was would stay in the file.
 *
 * Most columns have no index that tells whether a word is in them. So all rows are looked at, in slices between which others write, and then the words are removed that
 * were not seen. The newest word, resource and series stay in any case: no other gets the number of one that was removed.
 */
export class Sweeper {
  readonly #database: DatabaseSync
  readonly #counters: Counters
  readonly #options: SweepOptions
  #round: Round | undefined
  /** Whether the last `sweep` removed anything. */
  removedAnything = false

  constructor(database: DatabaseSync, counters: Counters, options: SweepOptions = {}) {
    this.#database = database
    this.#counters = counters
    this.#options = options
  }

  /** Goes on looking, inside a transaction of the caller's, or begins when enough was removed since the last time. Says whether there is more to do. */
  sweep(): boolean {
    const { sliceMs = SLICE_MS } = this.#options
    this.removedAnything = false
    const wasRunning = this.#round !== undefined
    this.#noticeOthers()
    if (!this.#round && (wasRunning || !this.#isDue())) return false
    const round = (this.#round ??= this.#begin())
    const deadline = performance.now() + sliceMs
    do {
      if (round.steps.next().done) {
        this.#counters.set('rows removed when swept', round.removed)
        this.#round = undefined
        return false
      }
    } while (performance.now() < deadline)
    return true
  }

  /** Runs what removes rows, inside a transaction of the caller's: a search that is going on still misses nothing. */
  whileRemoving(run: () => void): void {
    this.#noticeOthers()
    const round = this.#round
    if (!round) {
      run()
      return
    }
    round.references.whileRemoving(run)
    round.removed = this.#counters.get('rows removed')
  }

  /** What another process has added since is found by its place, but not when it has also removed something. */
  #noticeOthers(): void {
    if (this.#round && this.#round.removed !== this.#counters.get('rows removed')) this.#round = undefined
  }

  #isDue(): boolean {
    const since = this.#counters.get('rows removed') - this.#counters.get('rows removed when swept')
    const { after = Math.max(AFTER_ROWS, Math.floor(this.#rows() / AFTER_PART)) } = this.#options
    return since >= after
  }

  /** About how many rows there are, without counting them. */
  #rows(): number {
    return (this.#database.prepare(ABOUT_ROWS).get() as { rows: number }).rows
  }

  #begin(): Round {
    const [words, resources] = [new Marks(this.#last('words')), new Marks(this.#last('resources'))]
    const references = new References(this.#database, { words, resources }, this.#options.stepRows ?? STEP_ROWS)
    return {
      references,
      steps: this.#steps(references, words, resources),
      removed: this.#counters.get('rows removed'),
    }
  }

  /** Each step may be in a transaction of its own; what is removed in one of them is not referred to in the same. */
  *#steps(references: References, words: Marks, resources: Marks): Generator<void> {
    yield* this.#removeSeries()
    for (const [table, marks] of [['words', words] as const, ['resources', resources] as const]) {
      for (let position: number | undefined = 0; position !== undefined;) {
        while (!references.seesAll()) yield
        position = this.#removeUnmarked(table, marks, position)
        yield
      }
    }
  }

  /** Series without points: what they refer to may be removed with them. */
  *#removeSeries(): Generator<void> {
    const last = this.#last('series')
    for (let position: number | undefined = 0; position !== undefined;) {
      const ids = this.#idsAfter('series', position, last)
      const hasPoints = 'EXISTS (SELECT 1 FROM points WHERE points.series = series.id)'
      this.#remove('series', ids, `AND NOT ${hasPoints}`)
      position = ids.at(-1)
      yield
    }
  }

  /** @returns where to go on. */
  #removeUnmarked(table: 'words' | 'resources', marks: Marks, position: number): number | undefined {
    const ids = this.#idsAfter(table, position, marks.last)
    const unmarked = ids.filter((id) => !marks.has(id))
    const removed = unmarked.length === 0 ? 0 : this.#remove(table, unmarked)
    if (table === 'words') this.#counters.add('words removed', removed)
    return ids.at(-1)
  }

  #remove(table: string, ids: readonly number[], condition = ''): number {
    const sql = `DELETE FROM ${table} WHERE id IN (SELECT value FROM json_each(?)) ${condition}`
    const removed = Number(this.#database.prepare(sql).run(JSON.stringify(ids)).changes)
    this.removedAnything ||= removed > 0
    return removed
  }

  /** Without the last, which stays. */
  #idsAfter(table: string, position: number, last: number): readonly number[] {
    const { stepRows = STEP_ROWS } = this.#options
    return this.#database
      .prepare(`SELECT id FROM ${table} WHERE id > ? AND id < ? ORDER BY id LIMIT ?`)
      .all(position, last, Math.ceil(stepRows / REMOVED_PART))
      .map(({ id }) => Number(id))
  }

  #last(table: string): number {
    const row = this.#database.prepare(`SELECT coalesce(max(id), 0) AS last FROM ${table}`).get()
    return (row as { last: number }).last
  }
}
