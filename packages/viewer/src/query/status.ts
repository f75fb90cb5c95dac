import type { Database } from '../store/database.ts'
import type { StoreBounds } from '../store/pruner.ts'

/** What is kept, of what has come. */
export interface Status {
  readonly calls: { readonly kept: number; readonly received: number }
  readonly spans: { readonly kept: number; readonly received: number }
  /** Milliseconds since the epoch; `null` where there is no call. */
  readonly oldest: number | null
  readonly newest: number | null
  readonly bytes: number
  readonly bounds: StoreBounds
}

/** What is in a database. */
export function statusOf({ connection, pruner }: Database): Status {
  const calls = connection.prepare('SELECT count(*) AS kept FROM calls').get() as { kept: number }
  const spans = connection.prepare('SELECT coalesce(sum(spans), 0) AS kept FROM traces').get() as { kept: number }
  const times = connection
    .prepare('SELECT min(start) / 1000000 AS oldest, max(start) / 1000000 AS newest FROM calls')
    .get() as { oldest: number | null; newest: number | null }
  return {
    calls: { kept: calls.kept, received: pruner.received('calls') },
    spans: { kept: spans.kept, received: pruner.received('spans') },
    ...times,
    bytes: pruner.bytes(),
    bounds: pruner.bounds,
  }
}
