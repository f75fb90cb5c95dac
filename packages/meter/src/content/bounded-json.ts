import { cutText, jsonTextBytes, TRUNCATED } from './json-size.ts'
import { Media, withoutDataUrls } from './media.ts'

/** Deeper than any tool's arguments; a value that contains itself ends here, too. */
const MAX_DEPTH = 24
/** Where less is left, the rest is not begun: a mark has room in it. */
const MIN_ROOM = 64
/** More keys than this are no arguments of a tool either. */
const MAX_KEYS = 1000
/** A longer key is named by its length: what is cut in two could be a secret that nobody can tell any more. */
const MAX_KEY_LENGTH = 64

/** Bytes that are left for something, and whether they were too few. */
export class Room {
  left: number
  isTruncated = false

  constructor(left: number) {
    this.left = left
  }

  /** Whether more can be begun; if not, something is left out. */
  hasMore(): boolean {
    if (this.left >= MIN_ROOM) return true
    this.isTruncated = true
    return false
  }
}

/** What becomes of a text that is too long for its room. */
export type CutText = (text: string, room: Room) => string

/** Cuts texts that are clean already. */
export const cutClean: CutText = (text, room) => {
  room.isTruncated = true
  return cutText(text, Math.max(room.left, MIN_ROOM))
}

/**
 * A copy of any value as plain JSON, as far as there is room: its result is always valid, and as `JSON.stringify` writes it takes no more bytes than
 * `room` had and a few for marks. Reads data properties only, so that no code of the application's runs. What JSON has no word for is named in brackets.
 */
export function boundedJson(value: unknown, room: Room, cut: CutText = cutClean, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return boundedText(value, room, cut)
    case 'number':
      room.left -= 20
      // JSON has no -0.
      return Number.isFinite(value) ? value || 0 : null
    case 'boolean':
      room.left -= 5
      return value
    case 'bigint':
      return boundedText(String(value), room, cut)
    case 'object':
      return value === null ? null : boundedObject(value, room, cut, depth)
    default:
      return undefined
  }
}

function boundedText(given: string, room: Room, cut: CutText): string {
  const text = withoutDataUrls(given)
  // No unit takes less than a byte: most texts that are too long are not counted.
  const bytes = text.length > room.left ? Number.POSITIVE_INFINITY : jsonTextBytes(text, room.left)
  const fitting = bytes <= room.left ? text : cut(text, room)
  room.left -= fitting === text ? bytes : jsonTextBytes(fitting)
  return fitting
}

function boundedObject(value: object, room: Room, cut: CutText, depth: number): unknown {
  if (value instanceof Media) return value
  room.left -= 2
  if (depth >= MAX_DEPTH) {
    room.isTruncated = true
    return TRUNCATED
  }
  if (Array.isArray(value)) return boundedArray(value, room, cut, depth)
  if (value instanceof Date) return boundedText(dateText(value), room, cut)
  if (!isRecord(value)) return boundedText(`[${nameOf(value)}]`, room, cut)
  const copy: Record<string, unknown> = {}
  // Short values first: of a long text at the beginning they would be the victims, and they say what the whole is.
  const entries = dataProperties(value, room)
  for (const [key, item] of [...entries.filter(isShort), ...entries.filter((entry) => !isShort(entry))]) {
    if (item === undefined || typeof item === 'function' || typeof item === 'symbol') continue
    if (!room.hasMore()) break
    const name = key.length > MAX_KEY_LENGTH ? `[${key.length} characters]` : key
    room.left -= jsonTextBytes(name) + 2
    put(copy, name, boundedJson(item, room, cut, depth + 1))
  }
  return copy
}

function boundedArray(value: readonly unknown[], room: Room, cut: CutText, depth: number): unknown[] {
  const copy: unknown[] = []
  for (const item of value) {
    if (!room.hasMore()) {
      copy.push(TRUNCATED)
      break
    }
    room.left -= 1
    copy.push(boundedJson(item, room, cut, depth + 1) ?? null)
  }
  return copy
}

/** `__proto__` is a key like any other. */
function put(copy: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true })
}

function dataProperties(value: object, room: Room): (readonly [string, unknown])[] {
  const entries: (readonly [string, unknown])[] = []
  const keys = Object.keys(value)
  if (keys.length > MAX_KEYS) room.isTruncated = true
  for (const key of keys.slice(0, MAX_KEYS)) {
    const property = Object.getOwnPropertyDescriptor(value, key)
    if (property && 'value' in property) entries.push([key, property.value])
  }
  return entries
}

const isShort = ([, value]: readonly [string, unknown]): boolean =>
  typeof value !== 'object' && (typeof value !== 'string' || value.length <= 256)

/** Whether JSON would write the value by its properties: whatever has no word of its own there. */
const isRecord = (value: object): boolean =>
  !(value instanceof Map || value instanceof Set || ArrayBuffer.isView(value))

const nameOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1)

function dateText(date: Date): string {
  const milliseconds = Date.prototype.getTime.call(date)
  return Number.isNaN(milliseconds) ? 'Invalid Date' : Date.prototype.toISOString.call(date)
}
