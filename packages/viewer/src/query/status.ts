import type { Database } from '../store/database.ts'
import type { StoreBounds } from '../store/pruner.ts'

/** What is kept, of what has come. */
export interface Status {
  readonly calls: { readonly kept: number; readonly received: number }
  readonly spans: { readonly kept: number; readonly received: number }
  /** Milliseconds since the epoch; `null` where there is no call. */
  readonly oldest: number | null
  readonly newest: number | null
  /** The number of the call that arrived last; 0 where there is none. */
  readonly lastCall: number
  readonly bytes: number
  readonly bounds: StoreBounds
}

/** What is in a database. */
export function statusOf({ connection, pruner }: Database): Status {
  // One at a time, each is a look at one end of an index; together they would read all of it.
  const times = connection
    .prepare(
      `SELECT (SELECT min(start) / 1000000 FROM calls) AS oldest, (SELECT max(start) / 1000000 FROM calls) AS newest,
       coalesce((SELECT max(id) FROM calls), 0) AS lastCall`,
    )
    .get() as Pick<Status, 'oldest' | 'newest' | 'lastCall'>
  return {
    calls: { kept: pruner.kept('calls'), received: pruner.received('calls') },
    spans: { kept: pruner.kept('spans'), received: pruner.received('spans') },
    ...times,
    bytes: pruner.bytes(),
    bounds: pruner.bounds,
  }
}
