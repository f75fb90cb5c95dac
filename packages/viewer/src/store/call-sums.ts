import type { CallStatus } from '../calls/call-facts.ts'
import { BucketCounts } from './bucket-counts.ts'

/** What a call adds to sums. */
export interface SummedFacts {
  readonly status: CallStatus
  readonly attempts: number
  /** Attempts that were answered with 429. */
  readonly rateLimitHits: number
  readonly isUnpriced: boolean
  /** The tokens, and with them the cost, are estimates. */
  readonly isEstimated: boolean
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  /** 10⁻¹² USD. */
  readonly picoUsd: bigint
  /** Seconds. */
  readonly timeToFirstChunk: number | null
}

/** Buckets into which the durations of a call fall. */
export interface CallBuckets {
  readonly duration: number
  readonly firstChunk: number | undefined
}

/** Durations by bucket. */
export interface Sketches {
  readonly duration: BucketCounts
  readonly firstChunk: BucketCounts
}

/** What the calls of a minute, or of a quarter of an hour, add up to for one value of a dimension. */
export class CallSums {
  dimension = 0
  value = 0
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

  constructor(hasPercentiles: boolean) {
    this.sketches = hasPercentiles ? { duration: new BucketCounts(), firstChunk: new BucketCounts() } : undefined
  }

  /** Begins anew, for a value of a dimension. */
  begin(dimension: number, value: number): void {
    this.dimension = dimension
    this.value = value
    this.calls = 0
    this.errors = 0
    this.rateLimits = 0
    this.cancelled = 0
    this.rateLimitHits = 0
    this.retries = 0
    this.input = 0
    this.cached = 0
    this.output = 0
    this.cost = 0n
    this.unpriced = 0
    this.duration = 0
    this.sketches?.duration.clear()
    this.sketches?.firstChunk.clear()
  }

  /** @param duration nanoseconds. */
  add(facts: SummedFacts, duration: number, buckets: CallBuckets): void {
    this.calls += 1
    if (facts.status === 'error') this.errors += 1
    if (facts.status === 'rate_limit') this.rateLimits += 1
    if (facts.status === 'cancelled') this.cancelled += 1
    this.rateLimitHits += facts.rateLimitHits
    this.retries += Math.max(0, facts.attempts - 1)
    this.unpriced += Number(facts.isUnpriced)
    this.duration += duration
    if (this.sketches) {
      this.sketches.duration.add(buckets.duration)
      if (buckets.firstChunk !== undefined) this.sketches.firstChunk.add(buckets.firstChunk)
    }
    // Estimates are no sums: what was billed is.
    if (facts.isEstimated) return
    this.input += facts.inputTokens
    this.cached += facts.cachedTokens
    this.output += facts.outputTokens
    this.cost += facts.picoUsd
  }
}
