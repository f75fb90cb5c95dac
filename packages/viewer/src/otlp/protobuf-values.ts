import {
  type Attributes,
  type AttributeValue,
  MalformedOtlpError,
  MAX_DEPTH,
  type Resource,
  type Scope,
} from './telemetry.ts'
import type { WireReader } from './wire-reader.ts'

/*
 * Messages of opentelemetry/proto/common/v1/common.proto and resource/v1/resource.proto, v1.10. `key_strindex` and
 * `string_value_strindex`, which only profiles have, are passed over.
 */

/** Attributes as they are filled: what has no prototype cannot have it polluted. */
export type Filling = Record<string, AttributeValue>

/** Makes objects that inherit nothing, and yet are laid out as quickly as any: `Object.create(null)` makes them slow to read and to write. */
function Bare(): void {}
Bare.prototype = Object.freeze(Object.create(null))

/** No attributes yet. */
export function noAttributes(): Filling {
  return new (Bare as unknown as new () => Filling)()
}

/** Reads the `KeyValue` in this field into `attributes`. */
export function readAttribute(reader: WireReader, attributes: Filling, depth = 0): void {
  const outer = reader.enter()
  let key = ''
  let value: AttributeValue = null
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.text()
    else if (field === 2) value = readValueField(reader, depth)
    else reader.skip()
  }
  reader.leave(outer)
  attributes[key] = value
}

function readValueField(reader: WireReader, depth: number): AttributeValue {
  const outer = reader.enter()
  const value = readValue(reader, depth)
  reader.leave(outer)
  return value
}

/** Reads an `AnyValue`. */
export function readValue(reader: WireReader, depth = 0): AttributeValue {
  if (depth > MAX_DEPTH) throw new MalformedOtlpError(`The body has a value of more than ${MAX_DEPTH} levels`)
  let value: AttributeValue = null
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 1:
        value = reader.text()
        break
      case 2:
        value = reader.number() !== 0
        break
      case 3:
        value = reader.integer()
        break
      case 4:
        value = reader.double()
        break
      case 5:
        value = reader.message((inner) => readArray(inner, depth + 1))
        break
      case 6:
        value = reader.message((inner) => readMap(inner, depth + 1))
        break
      case 7:
        value = reader.bytes()
        break
      default:
        reader.skip()
    }
  }
  return value
}

function readArray(reader: WireReader, depth: number): readonly AttributeValue[] {
  const values: AttributeValue[] = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) values.push(reader.message((inner) => readValue(inner, depth)))
    else reader.skip()
  }
  return values
}

function readMap(reader: WireReader, depth: number): Attributes {
  const map = noAttributes()
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) readAttribute(reader, map, depth)
    else reader.skip()
  }
  return map
}

/** Reads a `Resource`. */
function readResource(reader: WireReader): Resource {
  const attributes = noAttributes()
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) readAttribute(reader, attributes)
    else reader.skip()
  }
  return { attributes }
}

/** Reads an `InstrumentationScope`. */
function readScope(reader: WireReader): Scope {
  let name = ''
  let version = ''
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = reader.text()
    else if (field === 2) version = reader.text()
    else reader.skip()
  }
  return { name, version }
}

/** A resource or scope that nothing was said about. */
export const NO_RESOURCE: Resource = { attributes: noAttributes() }
export const NO_SCOPE: Scope = { name: '', version: '' }

/**
 * Reads a request of any signal: `resource_*` in it, `scope_*` in those, and gives what `readItem` makes of each item, one after the other, so that none has to be kept. A resource
 * may come after what belongs to it, as protobuf leaves the order of fields open: so it is looked for before its items are read.
 *
 * @throws MalformedOtlpError where it is no protobuf, perhaps after some items.
 */
export function* readRequest<Item>(reader: WireReader, readItem: ReadItem<Item>): Generator<Item> {
  for (const group of messagesIn(reader, 1)) {
    const resource = group.peek(1, readResource) ?? NO_RESOURCE
    for (const scoped of messagesIn(group, 2)) {
      const scope = scoped.peek(1, readScope) ?? NO_SCOPE
      for (const item of messagesIn(scoped, 2)) yield readItem(item, resource, scope)
    }
  }
}

type ReadItem<Item> = (reader: WireReader, resource: Resource, scope: Scope) => Item

/** Gives the reader, standing in each message of a field, one after the other; passes over other fields. */
function* messagesIn(reader: WireReader, wanted: number): Generator<WireReader> {
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== wanted) {
      reader.skip()
      continue
    }
    const outer = reader.enter()
    yield reader
    reader.leave(outer)
  }
}
