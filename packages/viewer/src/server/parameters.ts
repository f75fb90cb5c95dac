import { Refusal } from '../receiver/refusal.ts'
import { type Dimension, DIMENSIONS } from '../store/dimensions.ts'
import type { Range } from '../query/range.ts'

const HOUR_MS = 3_600_000

/** A whole number of a query. @throws Refusal 400. */
export function numberParameter(
  query: URLSearchParams,
  name: string,
  fallback: number,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const text = query.get(name)
  if (text === null || text === '') return fallback
  const number = Number(text)
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new Refusal(400, `${name} must be a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`)
  }
  return number
}

/** Milliseconds since the epoch, or a date as ISO 8601 writes it. @throws Refusal 400. */
function timeParameter(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === null || text === '') return fallback
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (!Number.isFinite(time) || time < 0 || time > 8.64e15) {
    throw new Refusal(
      400,
      `${name} must be milliseconds since the epoch or a date like 2026-11-27T10:00:00Z, got ${JSON.stringify(text)}`,
    )
  }
  return time
}

/** The range of `from` and `to`; the last hour by default. @throws Refusal 400. */
export function rangeParameter(query: URLSearchParams, now: number): Range {
  const to = timeParameter(query, 'to', now + 60_000)
  const from = timeParameter(query, 'from', to - HOUR_MS)
  if (from >= to) throw new Refusal(400, `from (${from}) must be before to (${to})`)
  return { from, to }
}

/** Whether a query names a range at all. */
export function hasRange(query: URLSearchParams): boolean {
  return query.has('from') || query.has('to')
}

/** The dimension of `by`. @throws Refusal 400. */
export function dimensionParameter(query: URLSearchParams, fallback: Dimension): Dimension {
  const text = query.get('by') ?? fallback
  if (!Object.hasOwn(DIMENSIONS, text)) {
    throw new Refusal(400, `by must be one of ${Object.keys(DIMENSIONS).join(', ')}, got ${JSON.stringify(text)}`)
  }
  return text as Dimension
}
