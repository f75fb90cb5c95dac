/** What stands where a text was cut. */
export const TRUNCATED = '…[truncated]'

/** Characters that JSON writes in two: `\"`, `\\`, `\b`, `\f`, `\n`, `\r`, `\t`. */
const SHORT_ESCAPES: ReadonlySet<number> = new Set([0x22, 0x5c, 0x08, 0x0c, 0x0a, 0x0d, 0x09])

/** Bytes that a UTF-16 unit takes within a JSON text in UTF-8; half of a character that has two units counts as 2, without the other as 6. */
function bytesOfUnit(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  if (unit < 0x80) {
    if (SHORT_ESCAPES.has(unit)) return 2
    return unit < 0x20 ? 6 : 1
  }
  if (unit < 0x800) return 2
  if (unit < 0xd800 || unit > 0xdfff) return 3
  const other = unit < 0xdc00 ? text.charCodeAt(index + 1) : text.charCodeAt(index - 1)
  const isPair = unit < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other < 0xdc00
  // `JSON.stringify` writes half a character as `\ud83d`.
  return isPair ? 2 : 6
}

/** Bytes that a text takes in JSON, quotes included. Stops counting beyond `enough`. */
export function jsonTextBytes(text: string, enough: number = Number.POSITIVE_INFINITY): number {
  let bytes = 2
  for (let index = 0; index < text.length && bytes <= enough; index++) bytes += bytesOfUnit(text, index)
  return bytes
}

const MARK_BYTES = jsonTextBytes(TRUNCATED) - 2

/** The beginning of a text, and the mark, so that both take at most `bytes` in JSON. No character is cut in two. */
export function cutText(text: string, bytes: number): string {
  let left = bytes - 2 - MARK_BYTES
  let end = 0
  while (end < text.length) {
    left -= bytesOfUnit(text, end)
    if (left < 0) break
    end++
  }
  const last = text.charCodeAt(end - 1)
  const isHalf = end > 0 && end < text.length && last >= 0xd800 && last < 0xdc00
  return text.slice(0, isHalf ? end - 1 : end) + TRUNCATED
}

const encoder = new TextEncoder()

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length
}
