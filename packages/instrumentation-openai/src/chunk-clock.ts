/** Notes when each chunk of a stream arrived: one clock reading and one number a chunk. */
export class ChunkClock {
  chunks = 0
  /** Seconds from the request to the first chunk. */
  timeToFirstChunk = 0
  /** Seconds between one chunk and the next, for every chunk after the first. */
  readonly gaps: number[] = []
  #lastMs: number

  constructor(requestMs: number) {
    this.#lastMs = requestMs
  }

  tick(): void {
    const now = performance.now()
    const seconds = (now - this.#lastMs) / 1000
    this.#lastMs = now
    if (this.chunks++ === 0) this.timeToFirstChunk = seconds
    else this.gaps.push(seconds)
  }
}
