/** Reads a stream to its end and counts what it gave. */
export async function readAll(stream: AsyncIterable<unknown>): Promise<number> {
  const iterator = stream[Symbol.asyncIterator]()
  let count = 0
  while (!(await iterator.next()).done) count++
  return count
}

/** Reads `count` chunks and then leaves the loop. */
export async function readAndBreak(stream: AsyncIterable<unknown>, count: number): Promise<void> {
  let read = 0
  for await (const _ of stream) if (++read === count) break
}
