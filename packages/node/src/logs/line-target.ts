/** Where lines go. What goes wrong is told to the target's `LogReport`; what is thrown all the same counts as all lines lost. */
export interface LineTarget {
  /** Characters that are written at once; a line that is longer is written alone. */
  readonly batchSize: number
  /** Writes whole lines, each with its newline. Resolves when they are written or lost; never holds the event loop. */
  write(lines: string): Promise<void>
  /**
   * Writes what is under way, then `lines`, without the event loop.
   *
   * @param deadline on the clock of `performance.now()`: the longest that this may wait for anything
   */
  writeNow(lines: string, deadline: number): void
  /** Lets go of what is open. */
  close(): Promise<void>
}

/** Waits without the event loop. */
export function sleepNow(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

export const NEWLINE = 10

/** Lines in `bytes`, one that is torn at its end included; empty ones, which set lines apart, are none. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0
  let isInLine = false
  for (const byte of bytes) {
    if (byte === NEWLINE && isInLine) lines++
    isInLine = byte !== NEWLINE
  }
  return isInLine ? lines + 1 : lines
}
