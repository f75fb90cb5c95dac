import { boundedJson, type CutText, Room } from './bounded-json.ts'
import { CONTENT_DEFAULTS, type ContentOptions } from './options.ts'
import { SCRUB_MARGIN } from './text-cleaner.ts'

/** Leaves the scrubber as much as it wants to read of a text that will be cut. */
const cutLater: CutText = (text, room) => {
  room.isTruncated = true
  return text.slice(0, Math.max(room.left, 0) + SCRUB_MARGIN)
}

/**
 * What a value of the application's is now, as far as it will be recorded: it may be changed later. Texts are shared, not copied, and nothing is
 * scrubbed yet.
 */
export function snapshot(
  value: unknown,
  { maxMessageBytes = CONTENT_DEFAULTS.maxMessageBytes }: ContentOptions,
): unknown {
  return boundedJson(value, new Room(maxMessageBytes), cutLater)
}

/** What a tool is given, as an object: of several arguments a list, and of a text that is JSON what it says. */
export function argumentsObject(args: unknown): object | undefined {
  if (!Array.isArray(args) || args.length === 0) return undefined
  return args.length === 1 ? asObject(args[0], 'argument') : { arguments: args as readonly unknown[] }
}

/** What a tool returned, as an object. */
export function resultObject(result: unknown): object | undefined {
  return result === undefined ? undefined : asObject(result, 'result')
}

function asObject(value: unknown, name: string): object {
  const parsed = typeof value === 'string' ? parse(value) : value
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  return isObject ? parsed : { [name]: value }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
