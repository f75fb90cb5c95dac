import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import { Refusal } from './refusal.ts'
import type { Room } from './room.ts'

/** How many bytes a body may have. */
export interface BodyLimits {
  /** As it comes over the wire. Default of the receiver: 16 MiB. */
  readonly compressed: number
  /** Unpacked. Default of the receiver: 64 MiB. A gzip bomb is given up at this size, whatever it would become. */
  readonly unpacked: number
}

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>

const UNPACKERS: Readonly<Record<string, Unpack>> = { gzip: promisify(gunzip), deflate: promisify(inflate) }

/** What a byte of deflate can become at most: https://www.zlib.net/zlib_tech.html, "Maximum Compression Factor". */
const MOST_UNPACKED_OF_A_BYTE = 1032

/**
 * Reads the body of a request, unpacked.
 *
 * @param room for what packed bodies may become, all together.
 * @throws Refusal 413 when it is too large before or after unpacking, 415 when it is packed by something else than gzip or deflate, 400 when it is packed wrongly
 *   or breaks off.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits, room: Room): Promise<Uint8Array> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity'
  const unpack = UNPACKERS[encoding]
  if (!unpack && encoding !== 'identity') {
    throw new Refusal(415, `The body is packed by ${JSON.stringify(encoding)}; send gzip, deflate, or nothing`)
  }
  const packed = await readBytes(request, limits.compressed)
  if (!unpack) return packed
  const most = Math.min(limits.unpacked, packed.length * MOST_UNPACKED_OF_A_BYTE)
  try {
    return await room.within(most, () => unpack(packed, { maxOutputLength: limits.unpacked }))
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge(limits.unpacked, 'unpacked')
    throw new Refusal(400, `The body is no ${encoding}`)
  }
}

async function readBytes(request: IncomingMessage, most: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(most, 'as sent')
  const pieces: Buffer[] = []
  let length = 0
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      length += piece.length
      if (length > most) throw tooLarge(most, 'as sent')
      pieces.push(piece)
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(400, 'The body breaks off')
  }
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, length)
}

function tooLarge(most: number, when: string): Refusal {
  return new Refusal(413, `The body has more than ${most} bytes ${when}; send smaller batches`)
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}
