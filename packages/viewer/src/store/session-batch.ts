import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** A call, as the sums of its session see it. */
interface AddedCall {
  /** Nanoseconds since the epoch. */
  readonly start: bigint
  readonly finish: bigint
  readonly failed: boolean
}

interface Sums {
  start: bigint
  finish: bigint
  calls: number
  errors: number
}

/** Sums of sessions, so that a list of them needs no calls: gathered, then added at once. */
export class SessionBatch {
  readonly #sums = new Map<number, Sums>()
  readonly #add: StatementSync

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      `INSERT INTO sessions (id, start, finish, calls, errors) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       start = min(start, excluded.start), finish = max(finish, excluded.finish), calls = calls + excluded.calls, errors = errors + excluded.errors`,
    )
  }

  /** @param session the number of the word. */
  add(session: number, { start, finish, failed }: AddedCall): void {
    const known = this.#sums.get(session)
    if (!known) {
      this.#sums.set(session, { start, finish, calls: 1, errors: Number(failed) })
      return
    }
    if (start < known.start) known.start = start
    if (finish > known.finish) known.finish = finish
    known.calls += 1
    known.errors += Number(failed)
  }

  /** Adds what was gathered to the file. */
  write(): void {
    for (const [id, { start, finish, calls, errors }] of this.#sums) this.#add.run(id, start, finish, calls, errors)
    this.clear()
  }

  /** Forgets what was gathered. */
  clear(): void {
    this.#sums.clear()
  }
}
