import { type BucketCount, encodeSketch } from './sketch.ts'

/** Places beyond those that are needed, on either side, so that neighbours find theirs. */
const SLACK = 16

/** Counts by bucket while a sketch is filled. Can be emptied and filled again, which takes no new memory. */
export class BucketCounts {
  #counts = new Float64Array(0)
  /** The bucket at the first place. */
  #first = 0
  /** The lowest and the highest that have been counted. */
  #from = Infinity
  #to = -Infinity

  get isEmpty(): boolean {
    return this.#to < this.#from
  }

  add(bucket: number, count: number = 1): void {
    const from = Math.min(this.#from, bucket)
    const to = Math.max(this.#to, bucket)
    if (from < this.#first || to >= this.#first + this.#counts.length) this.#makeRoom(from, to)
    this.#from = from
    this.#to = to
    const place = bucket - this.#first
    this.#counts[place] = (this.#counts[place] ?? 0) + count
  }

  /** What was counted, in ascending order. */
  ascending(): readonly BucketCount[] {
    const counted: BucketCount[] = []
    this.#forEach((bucket, count) => counted.push({ bucket, count }))
    return counted
  }

  /** As it is kept in files. */
  encode(): Uint8Array {
    const [buckets, counts]: [number[], number[]] = [[], []]
    this.#forEach((bucket, count) => {
      buckets.push(bucket)
      counts.push(count)
    })
    return encodeSketch(buckets, counts)
  }

  #forEach(take: (bucket: number, count: number) => void): void {
    for (let bucket = this.#from; bucket <= this.#to; bucket += 1) {
      const count = this.#counts[bucket - this.#first] ?? 0
      if (count > 0) take(bucket, count)
    }
  }

  clear(): void {
    if (!this.isEmpty) this.#counts.fill(0, this.#from - this.#first, this.#to - this.#first + 1)
    this.#from = Infinity
    this.#to = -Infinity
  }

  #makeRoom(from: number, to: number): void {
    const first = from - SLACK
    const counts = new Float64Array(to + SLACK - first + 1)
    if (!this.isEmpty) {
      counts.set(this.#counts.subarray(this.#from - this.#first, this.#to - this.#first + 1), this.#from - first)
    }
    this.#counts = counts
    this.#first = first
  }
}
