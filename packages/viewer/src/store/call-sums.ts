import type { CallFacts } from '../calls/call-facts.ts'
import { addTo, type Counts } from './sketch.ts'

/** What a call adds to sums. */
export type SummedFacts = Pick<
  CallFacts,
  | 'status'
  | 'attempts'
  | 'rateLimitHits'
  | 'unpriced'
  | 'estimated'
  | 'inputTokens'
  | 'cachedTokens'
  | 'outputTokens'
  | 'picoUsd'
  | 'timeToFirstChunk'
>

/** Buckets into which the durations of a call fall. */
export interface CallBuckets {
  readonly duration: number
  readonly firstChunk: number | undefined
}

/** Durations by bucket. */
export interface Sketches {
  readonly duration: Counts
  readonly firstChunk: Counts
}

/** What the calls of a minute, or of a quarter of an hour, add up to for one value of a dimension. */
export class CallSums {
  readonly dimension: number
  readonly value: number
  /** Absent where no percentiles are kept. */
  readonly sketches: Sketches | undefined
  calls = 0
  errors = 0
  rateLimits = 0
  cancelled = 0
  rateLimitHits = 0
  retries = 0
  input = 0
  cached = 0
  output = 0
  cost = 0n
  unpriced = 0
  /** Nanoseconds. */
  duration = 0

  constructor(dimension: number, value: number, hasPercentiles: boolean) {
    this.dimension = dimension
    this.value = value
    this.sketches = hasPercentiles ? { duration: new Map(), firstChunk: new Map() } : undefined
  }

  /** @param duration nanoseconds. */
  add(facts: SummedFacts, duration: number, buckets: CallBuckets): void {
    this.calls += 1
    if (facts.status === 'error') this.errors += 1
    if (facts.status === 'rate_limit') this.rateLimits += 1
    if (facts.status === 'cancelled') this.cancelled += 1
    this.rateLimitHits += facts.rateLimitHits
    this.retries += Math.max(0, facts.attempts - 1)
    this.unpriced += facts.unpriced === undefined ? 0 : 1
    this.duration += duration
    if (this.sketches) {
      addTo(this.sketches.duration, buckets.duration, 1)
      if (buckets.firstChunk !== undefined) addTo(this.sketches.firstChunk, buckets.firstChunk, 1)
    }
    // Estimates are no sums: what was billed is.
    if (facts.estimated) return
    this.input += facts.inputTokens ?? 0
    this.cached += facts.cachedTokens ?? 0
    this.output += facts.outputTokens ?? 0
    this.cost += facts.picoUsd ?? 0n
  }

  /** Adds those of a minute to those of its quarter. */
  addSums(other: CallSums): void {
    this.calls += other.calls
    this.errors += other.errors
    this.rateLimits += other.rateLimits
    this.cancelled += other.cancelled
    this.rateLimitHits += other.rateLimitHits
    this.retries += other.retries
    this.unpriced += other.unpriced
    this.duration += other.duration
    this.input += other.input
    this.cached += other.cached
    this.output += other.output
    this.cost += other.cost
    if (!this.sketches || !other.sketches) return
    for (const [bucket, count] of other.sketches.duration) addTo(this.sketches.duration, bucket, count)
    for (const [bucket, count] of other.sketches.firstChunk) addTo(this.sketches.firstChunk, bucket, count)
  }
}
