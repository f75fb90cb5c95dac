import type { DatabaseSync } from 'node:sqlite'
import type { BucketCounts } from './bucket-counts.ts'
import { CallSums, type SummedFacts } from './call-sums.ts'
import { type Dimension, DIMENSIONS, DIMENSIONS_WITH_PERCENTILES, MEASURES, SUM_COLUMNS, WIDTHS } from './dimensions.ts'
import { RowWriter } from './row-writer.ts'
import { bucketOf, mergeCounts } from './sketch.ts'

const NANOS_PER_MINUTE = 60_000_000_000n
const NANOS_PER_SECOND = 1e9

/** Sums that are kept to be begun anew, of each kind. */
const MOST_KEPT = 2000

/** More than there are dimensions. */
const DIMENSIONS_BOUND = 16

const WAYS = (Object.keys(DIMENSIONS) as Dimension[]).map((name) => ({
  name,
  dimension: DIMENSIONS[name],
  hasPercentiles: DIMENSIONS_WITH_PERCENTILES.includes(name),
}))

/** A call as the rollups see it. */
export interface RolledUp {
  readonly facts: SummedFacts
  /** Nanoseconds since the epoch. */
  readonly start: bigint
  /** Nanoseconds. */
  readonly duration: number
  /** Numbers of the words by which the call is summed up. */
  readonly values: Readonly<Record<Exclude<Dimension, 'all'>, number | null>>
}

/** By minute, then by dimension and value. */
type Minutes = Map<number, Map<number, CallSums>>

/** Sums of a batch of calls, added to the file at once: a batch has few minutes and few models. */
export class RollupBatch {
  readonly #minutes: Minutes = new Map()
  /** Sums that were written, to be begun anew: they are many, and live long enough that their removal from memory takes time. */
  readonly #plain: CallSums[] = []
  readonly #withSketches: CallSums[] = []
  readonly #sums: RowWriter
  readonly #sketches: RowWriter

  constructor(database: DatabaseSync) {
    const place = ['width', 'minute', 'dimension', 'value']
    this.#sums = new RowWriter(database, {
      table: 'rollups',
      columns: [...place, ...SUM_COLUMNS],
      onConflict: `DO UPDATE SET ${SUM_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
    })
    database.function('merge_counts', { deterministic: true }, (one, other) =>
      mergeCounts(one as Uint8Array, other as Uint8Array),
    )
    this.#sketches = new RowWriter(database, {
      table: 'sketches',
      columns: [...place, 'measure', 'counts'],
      onConflict: 'DO UPDATE SET counts = merge_counts(counts, excluded.counts)',
    })
  }

  add({ facts, start, duration, values }: RolledUp): void {
    const minute = Number(start / NANOS_PER_MINUTE)
    const { timeToFirstChunk } = facts
    const buckets = {
      duration: bucketOf(duration / NANOS_PER_SECOND),
      firstChunk: timeToFirstChunk === null ? undefined : bucketOf(timeToFirstChunk),
    }
    const ofMinute = sumsOfMinute(this.#minutes, minute)
    for (const { name, dimension, hasPercentiles } of WAYS) {
      const value = name === 'all' ? 0 : values[name]
      if (value === null) continue
      // A number instead of a text: there is one for every dimension of every call.
      const key = value * DIMENSIONS_BOUND + dimension
      let sums = ofMinute.get(key)
      if (!sums) ofMinute.set(key, (sums = this.#begin(dimension, value, hasPercentiles)))
      sums.add(facts, duration, buckets)
    }
  }

  /** Adds what was gathered to the file. */
  write(): void {
    for (const width of WIDTHS) this.#write(width)
    this.clear()
  }

  /** Forgets what was gathered. */
  clear(): void {
    for (const ofMinute of this.#minutes.values()) {
      for (const sums of ofMinute.values()) {
        const kept = sums.sketches ? this.#withSketches : this.#plain
        if (kept.length < MOST_KEPT) kept.push(sums)
      }
    }
    this.#minutes.clear()
    this.#sums.clear()
    this.#sketches.clear()
  }

  #begin(dimension: number, value: number, hasPercentiles: boolean): CallSums {
    const sums = (hasPercentiles ? this.#withSketches : this.#plain).pop() ?? new CallSums(hasPercentiles)
    sums.begin(dimension, value)
    return sums
  }

  /** In the order of the tables: neighbours are on the same page of them. Minutes of the same quarter are added up there. */
  #write(width: number): void {
    const placed: Placed[] = []
    for (const [minute, ofMinute] of this.#minutes) {
      for (const sums of ofMinute.values()) placed.push({ minute: minute - (minute % width), sums })
    }
    placed.sort(compare)
    for (const sums of placed) this.#writeSums(width, sums)
    this.#sums.flush()
    for (const { minute, sums } of placed)
      this.#writeSketch(width, minute, sums, MEASURES.duration, sums.sketches?.duration)
    for (const { minute, sums } of placed)
      this.#writeSketch(width, minute, sums, MEASURES.first_chunk, sums.sketches?.firstChunk)
    this.#sketches.flush()
  }

  #writeSums(width: number, { minute, sums }: Placed): void {
    const { dimension, value, calls, errors, rateLimits, cancelled, rateLimitHits, retries } = sums
    const { input, cached, output, cost, unpriced, duration } = sums
    const counts = [calls, errors, rateLimits, cancelled, rateLimitHits, retries]
    this.#sums.add([width, minute, dimension, value, ...counts, input, cached, output, cost, unpriced, duration])
  }

  #writeSketch(
    width: number,
    minute: number,
    { dimension, value }: CallSums,
    measure: number,
    counts?: BucketCounts,
  ): void {
    if (!counts || counts.isEmpty) return
    this.#sketches.add([width, minute, dimension, value, measure, counts.encode()])
  }
}

/** Sums, and the minute from which they are. */
interface Placed {
  readonly minute: number
  readonly sums: CallSums
}

function sumsOfMinute(minutes: Minutes, minute: number): Map<number, CallSums> {
  let sums = minutes.get(minute)
  if (!sums) minutes.set(minute, (sums = new Map()))
  return sums
}

function compare(one: Placed, other: Placed): number {
  return one.sums.dimension - other.sums.dimension || one.minute - other.minute || one.sums.value - other.sums.value
}
