/**
 * Percentiles from counts in buckets that grow by 2 %, so that what is read from them is within 1 % (DDSketch, https://arxiv.org/abs/1908.10693). Counts of
 * different minutes and models add up, which percentiles do not.
 */
const GAMMA = 1.02
const LOG_GAMMA = Math.log(GAMMA)
/** Seconds below this are as good as nothing. */
const SMALLEST = 1e-6

/** The bucket of a duration in seconds. */
export function bucketOf(seconds: number): number {
  return Math.ceil(Math.log(Math.max(seconds, SMALLEST)) / LOG_GAMMA)
}

/** The same in SQL, for the column or expression `seconds`. */
export function bucketSql(seconds: string): string {
  return `CAST(ceil(ln(max(${seconds}, ${SMALLEST})) / ${LOG_GAMMA}) AS INTEGER)`
}

/** The duration in the middle of a bucket, in seconds. */
function secondsOf(bucket: number): number {
  return (2 * GAMMA ** bucket) / (GAMMA + 1)
}

/** A bucket, and how many durations fell into it. */
export interface BucketCount {
  readonly bucket: number
  readonly count: number
}

/** The percentiles `quantiles` (0 to 1) of what was counted, in seconds; `undefined` where nothing was. */
export function percentiles(
  counts: readonly BucketCount[],
  quantiles: readonly number[],
): readonly (number | undefined)[] {
  const ascending = counts.toSorted((a, b) => a.bucket - b.bucket)
  const total = ascending.reduce((sum, { count }) => sum + count, 0)
  return quantiles.map((quantile) => {
    const rank = Math.max(1, Math.ceil(quantile * total))
    let seen = 0
    for (const { bucket, count } of ascending) {
      seen += count
      if (seen >= rank) return secondsOf(bucket)
    }
    return undefined
  })
}
