import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { CallFacts } from '../calls/call-facts.ts'
import {
  type Dimension,
  DIMENSIONS,
  DIMENSIONS_WITH_PERCENTILES,
  MEASURES,
  QUARTER,
  SUM_COLUMNS,
} from './dimensions.ts'
import { bucketOf } from './sketch.ts'

const NANOS_PER_MINUTE = 60_000_000_000n

/** More than there are dimensions. */
const DIMENSIONS_BOUND = 16
const MEASURES_COUNT = Object.keys(MEASURES).length
/** More than there are buckets: 2048 below a second, as many above, lead to 4 · 10¹⁷ seconds. */
const BUCKETS = 4096

const DIMENSION_NAMES = Object.keys(DIMENSIONS) as Dimension[]

/** Numbers instead of texts for keys: there are a dozen for every call. */
const placeOf = (minute: number, dimension: number): number => minute * DIMENSIONS_BOUND + dimension

function mapAt<Value>(maps: Map<number, Map<number, Value>>, place: number): Map<number, Value> {
  let map = maps.get(place)
  if (!map) maps.set(place, (map = new Map()))
  return map
}

function* valuesOf<Value>(maps: ReadonlyMap<number, ReadonlyMap<number, Value>>): Generator<Value> {
  for (const map of maps.values()) yield* map.values()
}

/** A call as the rollups see it. */
export interface RolledUp {
  readonly facts: CallFacts
  /** Nanoseconds since the epoch. */
  readonly start: bigint
  /** Seconds. */
  readonly duration: number
  /** Numbers of the words by which the call is summed up. */
  readonly values: Readonly<Record<Exclude<Dimension, 'all'>, number | null>>
}

interface Sums {
  readonly minute: number
  readonly dimension: number
  readonly value: number
  calls: number
  errors: number
  rateLimits: number
  cancelled: number
  rateLimitHits: number
  retries: number
  input: number
  cached: number
  output: number
  cost: bigint
  unpriced: number
}

const COUNTED = [
  'calls',
  'errors',
  'rateLimits',
  'cancelled',
  'rateLimitHits',
  'retries',
  'input',
  'cached',
  'output',
  'unpriced',
] as const

interface Bucket {
  readonly minute: number
  readonly dimension: number
  readonly value: number
  readonly measure: number
  readonly bucket: number
  count: number
}

/** Sums of a batch of calls, added to the file at once: a batch has few minutes and few models. */
export class RollupBatch {
  /** By minute and dimension, then by value. */
  readonly #sums = new Map<number, Map<number, Sums>>()
  /** By minute and dimension, then by value, measure and bucket. */
  readonly #buckets: Buckets = new Map()
  readonly #addSums: StatementSync
  readonly #addBucket: StatementSync
  readonly #addManyBuckets: StatementSync

  constructor(database: DatabaseSync) {
    const places = ['width', 'minute', 'dimension', 'value', ...SUM_COLUMNS]
    this.#addSums = database.prepare(
      `INSERT INTO rollups (${places.join(', ')}) VALUES (${places.map(() => '?').join(', ')})
       ON CONFLICT DO UPDATE SET ${SUM_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
    )
    this.#addBucket = addBuckets(database, 1)
    this.#addManyBuckets = addBuckets(database, MANY)
  }

  add(call: RolledUp): void {
    const minute = Number(call.start / NANOS_PER_MINUTE)
    const { firstChunk, duration } = bucketsOf(call)
    for (const name of DIMENSION_NAMES) {
      const value = name === 'all' ? 0 : call.values[name]
      if (value === null) continue
      const dimension = DIMENSIONS[name]
      addTo(this.#sumsOf(minute, dimension, value), call.facts)
      if (!DIMENSIONS_WITH_PERCENTILES.includes(name)) continue
      this.#count(minute, dimension, value, MEASURES.duration, duration)
      if (firstChunk !== undefined) this.#count(minute, dimension, value, MEASURES.first_chunk, firstChunk)
    }
  }

  /** Adds what was gathered to the file. */
  write(): void {
    const quarters = new Map<number, Map<number, Sums>>()
    for (const sums of valuesOf(this.#sums)) {
      this.#writeSums(1, sums)
      addSums(quarters, sums)
    }
    for (const sums of valuesOf(quarters)) this.#writeSums(QUARTER, sums)
    this.#writeBuckets(1, this.#buckets)
    this.#writeBuckets(QUARTER, quartersOf(this.#buckets))
    this.clear()
  }

  #writeSums(width: number, sums: Sums): void {
    const { minute, dimension, value, calls, errors, rateLimits, cancelled, rateLimitHits, retries } = sums
    const { input, cached, output, cost, unpriced } = sums
    const counts = [calls, errors, rateLimits, cancelled, rateLimitHits, retries]
    this.#addSums.run(width, minute, dimension, value, ...counts, input, cached, output, cost, unpriced)
  }

  /** In the order of their table: neighbours are on the same page of it. */
  #writeBuckets(width: number, buckets: Buckets): void {
    const sorted = [...valuesOf(buckets)].toSorted(compareBuckets)
    const inMany = sorted.length - (sorted.length % MANY)
    let values: number[] = []
    for (const [index, { minute, dimension, value, measure, bucket, count }] of sorted.entries()) {
      values.push(width, minute, dimension, value, measure, bucket, count)
      if (index < inMany && (index + 1) % MANY !== 0) continue
      ;(index < inMany ? this.#addManyBuckets : this.#addBucket).run(...values)
      values = []
    }
  }

  /** Forgets what was gathered. */
  clear(): void {
    this.#sums.clear()
    this.#buckets.clear()
  }

  #sumsOf(minute: number, dimension: number, value: number): Sums {
    const byValue = mapAt(this.#sums, placeOf(minute, dimension))
    const known = byValue.get(value)
    if (known) return known
    const counts = { calls: 0, errors: 0, rateLimits: 0, cancelled: 0, rateLimitHits: 0, retries: 0 }
    const amounts = { input: 0, cached: 0, output: 0, cost: 0n, unpriced: 0 }
    const sums = { minute, dimension, value, ...counts, ...amounts }
    byValue.set(value, sums)
    return sums
  }

  #count(minute: number, dimension: number, value: number, measure: number, bucket: number): void {
    countInto(this.#buckets, { minute, dimension, value, measure, bucket, count: 1 })
  }
}

/** Rows of one statement: there may be as many as calls, and each statement takes time of its own. */
const MANY = 32

function addBuckets(database: DatabaseSync, rows: number): StatementSync {
  const values = Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?, ?)').join(', ')
  return database.prepare(
    `INSERT INTO sketches (width, minute, dimension, value, measure, bucket, count) VALUES ${values}
     ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  )
}

type Buckets = Map<number, Map<number, Bucket>>

function countInto(buckets: Buckets, counted: Bucket): void {
  const byBucket = mapAt(buckets, placeOf(counted.minute, counted.dimension))
  const key = (counted.value * MEASURES_COUNT + counted.measure) * BUCKETS + counted.bucket + BUCKETS / 2
  const known = byBucket.get(key)
  if (known) known.count += counted.count
  else byBucket.set(key, counted)
}

function compareBuckets(one: Bucket, other: Bucket): number {
  return (
    one.dimension - other.dimension ||
    one.measure - other.measure ||
    one.minute - other.minute ||
    one.value - other.value ||
    one.bucket - other.bucket
  )
}

function quartersOf(buckets: Buckets): Buckets {
  const quarters: Buckets = new Map()
  for (const bucket of valuesOf(buckets)) countInto(quarters, { ...bucket, minute: quarterOf(bucket.minute) })
  return quarters
}

const quarterOf = (minute: number): number => minute - (minute % QUARTER)

function addSums(quarters: Map<number, Map<number, Sums>>, sums: Sums): void {
  const minute = quarterOf(sums.minute)
  const byValue = mapAt(quarters, placeOf(minute, sums.dimension))
  const known = byValue.get(sums.value)
  if (!known) {
    byValue.set(sums.value, { ...sums, minute })
    return
  }
  for (const name of COUNTED) known[name] += sums[name]
  known.cost += sums.cost
}

function bucketsOf({ duration, facts }: RolledUp): { duration: number; firstChunk: number | undefined } {
  const { timeToFirstChunk } = facts
  return {
    duration: bucketOf(duration),
    firstChunk: timeToFirstChunk === undefined ? undefined : bucketOf(timeToFirstChunk),
  }
}

function addTo(sums: Sums, facts: CallFacts): void {
  sums.calls += 1
  if (facts.status === 'error') sums.errors += 1
  if (facts.status === 'rate_limit') sums.rateLimits += 1
  if (facts.status === 'cancelled') sums.cancelled += 1
  sums.rateLimitHits += facts.rateLimitHits
  sums.retries += Math.max(0, facts.attempts - 1)
  sums.unpriced += facts.unpriced === undefined ? 0 : 1
  // Estimates are no sums: what was billed is.
  if (facts.estimated) return
  sums.input += facts.inputTokens ?? 0
  sums.cached += facts.cachedTokens ?? 0
  sums.output += facts.outputTokens ?? 0
  sums.cost += facts.picoUsd ?? 0n
}
