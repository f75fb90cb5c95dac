import type { DatabaseSync } from 'node:sqlite'
import { conditionsOf, type IdBounds } from './filter.ts'
import { nanosOf, type Range } from './range.ts'

/** Which calls are wanted. */
export interface CallQuery {
  /** As people write it: `model:gpt-* error:429 cost>0.01`. Default: all. */
  readonly filter?: string
  /** Default: all the time. */
  readonly range?: Range
}

/** `WHERE` of a query, with its values. */
export interface Where {
  readonly sql: string
  readonly values: readonly (string | number | bigint)[]
}

/**
 * The conditions of a query.
 *
 * @param ids see `conditionsOf`.
 * @throws FilterError when the filter cannot be understood.
 */
export function whereOf({ filter = '', range }: CallQuery, ids?: IdBounds): Where {
  return joined(conditionsOf(filter, ids), range)
}

function joined(conditions: readonly Where[], range: Range | undefined): Where {
  const all = range ? [{ sql: 'start >= ? AND start < ?', values: nanosOf(range) }, ...conditions] : conditions
  const sql = all.map((condition) => condition.sql).join(' AND ')
  return { sql: sql === '' ? '1' : sql, values: all.flatMap(({ values }) => values) }
}

/** Calls that are gone through although some may not be wanted: a few hundredths of a second. */
const FEW = 10_000

/**
 * The same where an index tells that there are few calls among which all that are wanted are: then these are looked at, and no others.
 *
 * @throws FilterError when the filter cannot be understood.
 */
export function whereFew(database: DatabaseSync, { filter = '', range }: CallQuery): Where | undefined {
  for (const { among, texts } of conditionsOf(filter)) {
    let few = among && fewOf(database, among)
    if (few && texts) few = fewOf(database, texts)
    if (!few) continue
    const rest = conditionsOf(filter, few).filter(({ isText }) => !texts || !isText)
    return joined([{ sql: 'id IN (SELECT value FROM json_each(?))', values: [few.ids] }, ...rest], range)
  }
  return undefined
}

/** The numbers that a query of such gives, as JSON, if they are few. */
function fewOf(database: DatabaseSync, { sql, values }: Where): (IdBounds & { readonly ids: string }) | undefined {
  const { count, ids, low, high } = database
    .prepare(
      `SELECT count(*) AS count, json_group_array(id) AS ids, coalesce(min(id), 0) AS low, coalesce(max(id), 0) AS high
       FROM (${sql} LIMIT ${FEW + 1})`,
    )
    .get(...values) as unknown as IdBounds & { readonly count: number; readonly ids: string }
  return count > FEW ? undefined : { ids, low, high }
}

/** A stretch of calls in the order of their beginnings. */
export interface Stretch {
  /** Nanoseconds since the epoch, both included. */
  readonly first: bigint
  readonly last: bigint
  readonly ids: IdBounds
  /** There are no earlier ones. */
  readonly isEnd: boolean
}

/** The newest `calls` that began at `last` or before; more, where several began with the first of them. `undefined` where there are none. */
export function stretchBefore(database: DatabaseSync, last: bigint, calls: number): Stretch | undefined {
  const { first: text, count } = database
    .prepare(
      `SELECT CAST(min(start) AS TEXT) AS first, count(*) AS count FROM
       (SELECT start FROM calls WHERE start <= ? ORDER BY start DESC LIMIT ?)`,
    )
    .get(last, calls) as { readonly first: string | null; readonly count: number }
  if (text === null) return undefined
  const first = BigInt(text)
  const ids = database.prepare('SELECT min(id) AS low, max(id) AS high FROM calls WHERE start BETWEEN ? AND ?')
  return { first, last, ids: ids.get(first, last) as unknown as IdBounds, isEnd: count < calls }
}

/**
 * The table of calls as it is to be read for a stretch, and which of them: by their numbers where hardly any other call has one of those, as rows in their order
 * are read in half the time of rows by an index.
 */
export function callsIn(
  database: DatabaseSync,
  { first, ids: { low, high } }: Stretch,
  calls: number,
): Where & { readonly table: string } {
  const { count } = database
    .prepare('SELECT count(*) AS count FROM (SELECT 1 FROM calls WHERE id BETWEEN ? AND ? LIMIT ?)')
    .get(low, high, 2 * calls) as { readonly count: number }
  if (count === 2 * calls) return { table: 'calls', sql: 'start >= ?', values: [first] }
  return { table: 'calls NOT INDEXED', sql: 'id BETWEEN ? AND ? AND start >= ?', values: [low, high, first] }
}
