import { builtIn } from '../built-in.ts'
import type { MessagePart } from './content.ts'

/** Bytes that are hashed before somebody else may have the event loop. */
const SLICE = 262_144
/** A longer upload is not read again to be hashed. */
const MAX_HASHED = 33_554_432

/** The part of a `Blob` or `File` that is used. */
export interface BlobLike {
  readonly size: number
  readonly type: string
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

/** An image, a sound or a file on its way into a record, where its bytes become a digest of them. */
export class Media implements MessagePart {
  readonly type = 'media';
  readonly [field: string]: unknown
  readonly modality: string
  readonly mime: string | undefined
  /** As base64, or as what is uploaded. */
  readonly data: string | BlobLike

  constructor(modality: string, mime: string | undefined, data: string | BlobLike) {
    this.modality = modality
    this.mime = mime || (typeof data === 'string' ? undefined : data.type) || undefined
    this.data = data
  }

  get bytes(): number {
    const { data } = this
    if (typeof data !== 'string') return data.size
    const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0
    return Math.max(0, Math.floor((data.length * 3) / 4) - padding)
  }
}

/** `data:image/png;base64,…` */
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w.+-]+=[^;,]{0,100}){0,4};base64,/i

/** The media of a data URL; `undefined` for a text that is none. */
export function mediaOfDataUrl(text: string, modality?: string): Media | undefined {
  // 'd' is all that most texts are asked for.
  const match = text.startsWith('data:') ? DATA_URL.exec(text.slice(0, 600)) : null
  if (!match) return undefined
  const mime = match[1]?.toLowerCase()
  return new Media(modality ?? modalityOf(mime), mime, text.slice(match[0].length))
}

/** A data URL within a text, such as a picture in Markdown. */
const EMBEDDED = /data:([\w.+-]{1,64}\/[\w.+-]{1,64})[\w=;.+-]{0,128};base64,[\w+/=-]*/gi

/** The text with `[image/png, 1234 bytes]` in the place of each data URL: what is in it is no text, and nothing in it would be found. */
export function withoutDataUrls(text: string): string {
  if (!text.includes(';base64,')) return text
  return text.replaceAll(EMBEDDED, (url: string, mime: string) => {
    const base64 = url.slice(url.indexOf(',') + 1)
    return `[${mime}, ${new Media('document', mime, base64).bytes} bytes]`
  })
}

/** `image`, `audio`, `video`, and `document` for everything else. */
export function modalityOf(mime: string | undefined): string {
  const kind = mime?.split('/', 1)[0] ?? ''
  return ['image', 'audio', 'video'].includes(kind) ? kind : 'document'
}

/** What stands for media in a record. Yields between slices, and promises for what has to be read. */
export function* digestOf(media: Media): Generator<PromiseLike<unknown> | undefined, MessagePart, unknown> {
  const { modality, mime, data, bytes } = media
  const sha256 = typeof data === 'string' ? yield* hashOfBase64(data) : yield hashOfBlob(data)
  return {
    type: 'generic',
    generic_type: modality,
    ...(mime !== undefined && { mime }),
    bytes,
    ...(typeof sha256 === 'string' && { sha256 }),
  }
}

function* hashOfBase64(data: string): Generator<undefined, string | undefined, unknown> {
  const hash = builtIn('node:crypto')?.createHash('sha256')
  if (!hash) return undefined
  // Four characters are three bytes: slices must not cut them apart.
  for (let start = 0; start < data.length; start += SLICE) {
    hash.update(data.slice(start, start + SLICE), 'base64')
    if (start + SLICE < data.length) yield undefined
  }
  return hash.digest('hex')
}

async function hashOfBlob(blob: BlobLike): Promise<string | undefined> {
  const hash = builtIn('node:crypto')?.createHash('sha256')
  if (!hash || blob.size > MAX_HASHED) return undefined
  try {
    // By slices and not by its stream, which an application may watch.
    for (let start = 0; start < blob.size; start += SLICE) {
      hash.update(new Uint8Array(await blob.slice(start, start + SLICE).arrayBuffer()))
    }
    return hash.digest('hex')
  } catch {
    // A file that has changed or gone since has no digest.
    return undefined
  }
}
