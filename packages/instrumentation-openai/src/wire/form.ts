import { asObject, type JsonObject } from './json.ts'

const NOTHING: JsonObject = {}

/** A request's fields: of JSON as they are, of a form its texts. Files, streams and bytes are not looked at. */
export function fieldsOfBody(body: unknown): JsonObject {
  if (typeof FormData !== 'undefined' && body instanceof FormData) return textsOf(body)
  return asObject(body) ?? NOTHING
}

function textsOf(form: FormData): JsonObject {
  const fields: Record<string, string> = {}
  for (const [name, value] of form) {
    // A file is noted, not read.
    fields[name.replace(/\[\]$/, '')] = typeof value === 'string' ? value : FILE
  }
  return fields
}

const FILE = '(file)'
