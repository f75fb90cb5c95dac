import type { DatabaseSync } from 'node:sqlite'
import { STATUS_NAMES } from './dimensions.ts'
import type { SummedFacts } from './call-sums.ts'
import { RollupBatch, type RolledUp } from './rollup-batch.ts'

const NANOS_PER_SECOND = 1e9
/** Calls whose sums are kept in memory before they are written. */
const AT_ONCE = 10_000

/** A row of the table of calls, as far as it is summed up; without it there is `null`. */
type Row = Readonly<Record<string, bigint | null>>

/** Fills empty tables of sums from the calls that are there: a file of a version that summed up something else. */
export function addUpAnew(database: DatabaseSync): void {
  const rollups = new RollupBatch(database)
  const calls = database.prepare('SELECT * FROM calls ORDER BY start')
  calls.setReadBigInts(true)
  let added = 0
  for (const row of calls.iterate() as Iterable<Row>) {
    rollups.add({
      facts: factsOf(row),
      start: row['start'] ?? 0n,
      duration: Number(row['duration']),
      values: valuesOf(row),
    })
    added += 1
    if (added % AT_ONCE === 0) rollups.write()
  }
  rollups.write()
}

function factsOf(row: Row): SummedFacts {
  const count = (name: string): number => Number(row[name] ?? 0)
  const firstChunk = row['first_chunk']
  return {
    status: STATUS_NAMES[count('status')] ?? 'success',
    attempts: count('attempts'),
    rateLimitHits: count('rate_limit_hits'),
    inputTokens: count('input'),
    cachedTokens: count('cached'),
    outputTokens: count('output'),
    picoUsd: row['cost'] ?? 0n,
    isUnpriced: row['unpriced'] !== null,
    isEstimated: count('estimated') > 0,
    timeToFirstChunk: typeof firstChunk === 'bigint' ? Number(firstChunk) / NANOS_PER_SECOND : null,
  }
}

function valuesOf(row: Row): RolledUp['values'] {
  const word = (name: string): number | null => {
    const id = row[name]
    return typeof id === 'bigint' ? Number(id) : null
  }
  return {
    model: word('model'),
    feature: word('feature'),
    user: word('user'),
    session: word('session'),
    tenant: word('tenant'),
    provider: word('provider'),
    operation: word('operation'),
    service: word('service'),
    error_type: word('error_type'),
  }
}
