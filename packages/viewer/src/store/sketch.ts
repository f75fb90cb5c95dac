/**
 * Percentiles from counts in buckets that grow by 2 %, so that what is read from them is within 1 % (DDSketch, https://arxiv.org/abs/1908.10693). Counts of
 * different minutes and models add up, which percentiles do not.
 */
const GAMMA = 1.02
const LOG_GAMMA = Math.log(GAMMA)
/** Seconds below this are as good as nothing. */
const SMALLEST = 1e-6
/** Thirty thousand years. */
const LARGEST = 1e12

/** The bucket of a duration in seconds. */
export function bucketOf(seconds: number): number {
  return Math.ceil(Math.log(Math.min(Math.max(seconds, SMALLEST), LARGEST)) / LOG_GAMMA)
}

/** The same in SQL, for the column or expression `seconds`. */
export function bucketSql(seconds: string): string {
  return `CAST(ceil(ln(max(${seconds}, ${SMALLEST})) / ${LOG_GAMMA}) AS INTEGER)`
}

/** Hands over each bucket of a sketch in a file, with its count, in ascending order. */
export function readCounts(bytes: Uint8Array, take: (bucket: number, count: number) => void): void {
  const reader = { bytes, at: 0 }
  let last: number | undefined
  while (reader.at < bytes.length) {
    const step = readVarint(reader)
    last = last === undefined ? unzigzag(step) : last + step
    take(last, readVarint(reader))
  }
}

/** Two sketches in one. Done for a dozen rows in each transaction: side by side, without a map. */
export function mergeCounts(one: Uint8Array, other: Uint8Array): Uint8Array {
  const [ones, others] = [decode(one), decode(other)]
  const [buckets, counts]: [number[], number[]] = [[], []]
  let [at, otherAt] = [0, 0]
  while (at < ones.buckets.length || otherAt < others.buckets.length) {
    const next = ones.buckets[at] ?? Infinity
    const otherNext = others.buckets[otherAt] ?? Infinity
    buckets.push(Math.min(next, otherNext))
    counts.push(
      (next <= otherNext ? (ones.counts[at] ?? 0) : 0) + (otherNext <= next ? (others.counts[otherAt] ?? 0) : 0),
    )
    if (next <= otherNext) at += 1
    if (otherNext <= next) otherAt += 1
  }
  return encodeSketch(buckets, counts)
}

/** What stands at the same place belongs together. */
interface Decoded {
  readonly buckets: readonly number[]
  readonly counts: readonly number[]
}

function decode(bytes: Uint8Array): Decoded {
  const [buckets, counts]: [number[], number[]] = [[], []]
  readCounts(bytes, (bucket, count) => {
    buckets.push(bucket)
    counts.push(count)
  })
  return { buckets, counts }
}

/**
 * A sketch as it is kept in files: for each bucket how far it is from the one before, and its count, as LEB128
 * (https://protobuf.dev/programming-guides/encoding/#varints). The first bucket may be below zero, and is in zigzag.
 *
 * @param buckets in ascending order.
 */
export function encodeSketch(buckets: readonly number[], counts: readonly number[]): Uint8Array {
  const bytes: number[] = []
  let last: number | undefined
  for (let place = 0; place < buckets.length; place += 1) {
    const bucket = buckets[place] ?? 0
    writeVarint(bytes, last === undefined ? zigzag(bucket) : bucket - last)
    writeVarint(bytes, counts[place] ?? 0)
    last = bucket
  }
  return new Uint8Array(bytes)
}

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

function writeVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
}

function readVarint(reader: { readonly bytes: Uint8Array; at: number }): number {
  let [value, place] = [0, 1]
  for (;;) {
    const byte = reader.bytes[reader.at++] ?? 0
    value += (byte & 0x7f) * place
    if (byte < 0x80) return value
    place *= 0x80
  }
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
