import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Characters of a line that are kept: a longer one is none of ours. */
const MAX_LENGTH = 1024 * 1024

/** First bytes of what gzip has written (RFC 1952, 2.3.1), as rotated files often are, whatever they are called. */
const GZIP = [0x1f, 0x8b]

/** A stream line by line, unpacked if it is packed. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let line = ''
  for await (const text of texts(stream)) {
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield line + text.slice(start, end)
      line = ''
      start = end + 1
    }
    line = (line + text.slice(start)).slice(0, MAX_LENGTH)
  }
  yield line
}

async function* texts(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const bytes of unpacked(stream)) yield decoder.decode(bytes, { stream: true })
  yield decoder.decode()
}

async function* unpacked(stream: Readable): AsyncGenerator<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  const first = await chunks.next()
  if (first.done) return
  const all = startingWith(first.value, chunks)
  const isPacked = GZIP.every((byte, index) => first.value[index] === byte)
  yield* isPacked ? gunzip(all) : all
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* { [Symbol.asyncIterator]: () => rest }
}

/** A failure of either comes out of the iteration. */
const gunzip = (packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  pipeline(Readable.from(packed), createGunzip(), () => {})
