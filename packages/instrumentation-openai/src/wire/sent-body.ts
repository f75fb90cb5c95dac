import { Media, modalityOf } from '@tokenmeter/meter'
import { asObject, type JsonObject } from './json.ts'

/** A longer JSON text, in UTF-16 units, is not parsed again to see what it says. */
const MAX_PARSED = 16_777_216

/**
 * What a body said that was sent: of JSON what the text says, of a form its texts, and its files as `Media`. Streams and bytes say nothing.
 *
 * @returns `undefined` when nobody can tell.
 */
export function readSentBody(body: unknown): JsonObject | undefined {
  if (typeof body === 'string') return body.length > MAX_PARSED ? undefined : parse(body)
  return typeof FormData !== 'undefined' && body instanceof FormData ? fieldsOf(body) : undefined
}

function parse(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** A name that stands several times, as `image[]` does, is a list. */
function fieldsOf(form: FormData): JsonObject {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of form) {
    const key = name.replace(/\[\]$/, '')
    const field = typeof value === 'string' ? value : new Media(modalityOf(value.type), undefined, value)
    const before = fields[key]
    if (before === undefined) fields[key] = field
    else fields[key] = Array.isArray(before) ? [...(before as unknown[]), field] : [before, field]
  }
  return fields
}
