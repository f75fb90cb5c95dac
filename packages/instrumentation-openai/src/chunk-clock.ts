const INITIAL_CAPACITY = 64

/** Notes when each chunk of a stream arrived: eight bytes a chunk, one clock reading. */
export class ChunkClock {
  chunks = 0
  /** Seconds from the request to the first chunk. */
  timeToFirstChunk = 0
  #lastMs: number
  #gaps: Float64Array | undefined

  constructor(requestMs: number) {
    this.#lastMs = requestMs
  }

  tick(): void {
    const now = performance.now()
    const seconds = (now - this.#lastMs) / 1000
    this.#lastMs = now
    if (this.chunks === 0) this.timeToFirstChunk = seconds
    else this.#note(this.chunks - 1, seconds)
    this.chunks += 1
  }

  /** Seconds between one chunk and the next, for every chunk after the first. */
  gaps(): Float64Array {
    return this.#gaps?.subarray(0, Math.max(this.chunks - 1, 0)) ?? new Float64Array()
  }

  #note(index: number, seconds: number): void {
    let gaps = this.#gaps ?? new Float64Array(INITIAL_CAPACITY)
    if (index >= gaps.length) {
      const larger = new Float64Array(gaps.length * 2)
      larger.set(gaps)
      gaps = larger
    }
    this.#gaps = gaps
    gaps[index] = seconds
  }
}
