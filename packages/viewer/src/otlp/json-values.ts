import { type Filling, NO_RESOURCE, NO_SCOPE, noAttributes } from './protobuf-values.ts'
import {
  type Attributes,
  type AttributeValue,
  MalformedOtlpError,
  MAX_DEPTH,
  type Resource,
  type Scope,
} from './telemetry.ts'
import { exact } from './wire-reader.ts'

/*
 * OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): fields in lowerCamelCase, ids in hexadecimal, 64-bit integers as texts,
 * enums as numbers. Numbers where texts should be are taken, too, as far as they are exact.
 */

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>

const NOTHING: Json = Object.freeze({})

/** Parses a body. */
function parseBody(body: Uint8Array): Json {
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder().decode(body))
  } catch (error) {
    throw new MalformedOtlpError(`The body is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  return objectOf(parsed, 'the body')
}

/** A field that holds an object, or nothing. */
export function objectOf(value: unknown, what: string): Json {
  if (value === undefined || value === null) return NOTHING
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(what, 'an object', value)
  return value as Json
}

/** A field that holds an array, or nothing. */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong(what, 'an array', value)
  return value
}

/** A field that holds a text, or nothing. */
export function textOf(value: unknown, what: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw wrong(what, 'a text', value)
  return value
}

const HEX_DIGITS = /^[0-9a-f]*$/i

/** An id: digits, in whichever case. */
export function idOf(value: unknown, what: string): string {
  const text = textOf(value, what)
  if (!HEX_DIGITS.test(text)) throw wrong(what, 'an id in hexadecimal', value)
  return text.toLowerCase()
}

const INTEGER = /^-?\d{1,20}$/

/** A 64-bit integer: a text, or a number. */
export function bigintOf(value: unknown, what: string): bigint {
  if (value === undefined || value === null) return 0n
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (typeof value === 'string' && INTEGER.test(value)) return BigInt(value)
  throw wrong(what, 'an integer', value)
}

const NAMED_NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

/** A number, or a text that is one. */
export function numberOf(value: unknown, what: string): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number') return value
  if (typeof value === 'string' && value.trim() !== '') {
    const number = NAMED_NUMBERS[value] ?? Number(value)
    if (value === 'NaN' || !Number.isNaN(number)) return number
  }
  throw wrong(what, 'a number', value)
}

/** A number where there is one. */
export function optionalNumber(value: unknown, what: string): number | undefined {
  return value === undefined || value === null ? undefined : numberOf(value, what)
}

/** Attributes out of an array of `KeyValue`. */
export function attributesOf(value: unknown, depth = 0): Attributes {
  const attributes: Filling = noAttributes()
  for (const entry of listOf(value, 'attributes')) {
    const { key, value: held } = objectOf(entry, 'an attribute')
    attributes[textOf(key, 'key of an attribute')] = valueOf(held, depth)
  }
  return attributes
}

/** An `AnyValue`. */
export function valueOf(value: unknown, depth = 0): AttributeValue {
  if (depth > MAX_DEPTH) throw new MalformedOtlpError(`The body has a value of more than ${MAX_DEPTH} levels`)
  const any = objectOf(value, 'a value')
  if (any['stringValue'] !== undefined) return textOf(any['stringValue'], 'stringValue')
  if (any['boolValue'] !== undefined) return any['boolValue'] === true || any['boolValue'] === 'true'
  if (any['intValue'] !== undefined) return exact(bigintOf(any['intValue'], 'intValue'))
  if (any['doubleValue'] !== undefined) return numberOf(any['doubleValue'], 'doubleValue')
  if (any['bytesValue'] !== undefined) return bytesOf(textOf(any['bytesValue'], 'bytesValue'))
  if (any['arrayValue'] !== undefined) {
    const { values } = objectOf(any['arrayValue'], 'arrayValue')
    return listOf(values, 'arrayValue.values').map((inner) => valueOf(inner, depth + 1))
  }
  if (any['kvlistValue'] === undefined) return null
  return attributesOf(objectOf(any['kvlistValue'], 'kvlistValue')['values'], depth + 1)
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

/**
 * Reads a request of any signal.
 *
 * @param names of the fields with the groups, what is in them, and the items: `resourceSpans`, `scopeSpans`, `spans`.
 */
export function readJsonRequest<Item>(
  body: Uint8Array,
  names: readonly [groups: string, scoped: string, items: string],
  readItem: (item: Json, resource: Resource, scope: Scope, items: Item[]) => void,
): Item[] {
  const [groups, scoped, items] = names
  const read: Item[] = []
  for (const group of listOf(parseBody(body)[groups], groups)) {
    const { resource: said, [scoped]: inGroup } = objectOf(group, `a member of ${groups}`)
    const resource = said ? { attributes: attributesOf(objectOf(said, 'resource')['attributes']) } : NO_RESOURCE
    for (const part of listOf(inGroup, scoped)) {
      const { scope: saidScope, [items]: inScope } = objectOf(part, `a member of ${scoped}`)
      const scope = saidScope ? scopeOf(objectOf(saidScope, 'scope')) : NO_SCOPE
      for (const item of listOf(inScope, items)) readItem(objectOf(item, `a member of ${items}`), resource, scope, read)
    }
  }
  return read
}

function scopeOf({ name, version }: Json): Scope {
  return { name: textOf(name, 'scope.name'), version: textOf(version, 'scope.version') }
}

function wrong(what: string, expected: string, value: unknown): MalformedOtlpError {
  const shown = JSON.stringify(value) ?? String(value)
  return new MalformedOtlpError(`The body is no OTLP: ${what} must be ${expected}, got ${shown.slice(0, 60)}`)
}
