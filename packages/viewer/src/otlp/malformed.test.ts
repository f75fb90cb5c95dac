import { assert, json as anyJson, property, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { readJsonLogs } from './json-logs.ts'
import { readJsonMetrics } from './json-metrics.ts'
import { readJsonSpans } from './json-spans.ts'
import { readLogs } from './protobuf-logs.ts'
import { readMetrics } from './protobuf-metrics.ts'
import { readSpans } from './protobuf-spans.ts'
import { MalformedOtlpError, type Span } from './telemetry.ts'

const readAllSpans = (body: Uint8Array): readonly Span[] => [...readSpans(body)]
const PROTOBUF = { readAllSpans, readLogs, readMetrics }
const JSON_READERS = { readJsonSpans, readJsonLogs, readJsonMetrics }
const encoder = new TextEncoder()

/** Reads, and lets only the error through that a receiver answers with 400. */
function readsOrRefuses(read: (body: Uint8Array) => unknown, body: Uint8Array): void {
  try {
    read(body)
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedOtlpError)
  }
}

test.each(Object.entries(PROTOBUF))('%s reads any bytes, or says that they are no OTLP', (_, read) => {
  assert(
    property(uint8Array({ maxLength: 300 }), (body) => readsOrRefuses(read, body)),
    { numRuns: 2000 },
  )
})

test.each(Object.entries(JSON_READERS))('%s reads any JSON, or says which field is wrong', (_, read) => {
  assert(property(anyJson({ maxDepth: 6 }), (body) => readsOrRefuses(read, encoder.encode(body))))
})

/** `field` with `inner` in it, in protobuf. */
function nested(field: number, inner: Uint8Array): Uint8Array {
  const length: number[] = []
  for (let rest = inner.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest)
    if (rest <= 0x7f) break
  }
  return Uint8Array.from([(field << 3) | 2, ...length, ...inner])
}

test('a value of more levels than a stack has is refused', () => {
  let value = nested(1, encoder.encode('deep'))
  for (let level = 0; level < 500; level += 1) value = nested(5, nested(1, value))
  const span = nested(9, nested(2, value))
  expect(() => readAllSpans(nested(1, nested(2, nested(2, span))))).toThrow(
    'The body has a value of more than 32 levels',
  )
  let json = '{"stringValue":"deep"}'
  for (let level = 0; level < 1000; level += 1) json = `{"arrayValue":{"values":[${json}]}}`
  const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"a","value":${json}}]}]}]}]}`
  expect(() => readJsonSpans(encoder.encode(body))).toThrow('The body has a value of more than 32 levels')
})

test('a message that claims to be longer than it is is refused, with the place', () => {
  expect(() => readAllSpans(Uint8Array.from([0x0a, 0xff, 0x01, 0x00]))).toThrow(
    'The body is no OTLP: a field of 255 bytes goes beyond the end, at byte 3',
  )
})

test('wrong JSON is refused by the name of its field', () => {
  const body = encoder.encode('{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"}]}]}]}')
  expect(() => readJsonSpans(body)).toThrow('traceId must be an id in hexadecimal, got "xyz"')
})

function jsonInteger(value: string): unknown {
  const attribute = `{"key":"n","value":{"intValue":${value}}}`
  const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[${attribute}]}]}]}]}`
  return readJsonSpans(encoder.encode(body))[0]?.attributes['n']
}

function protobufInteger(...varint: number[]): unknown {
  const attribute = Uint8Array.from([0x0a, 0x01, 0x6e, ...nested(2, Uint8Array.from([0x18, ...varint]))])
  return readAllSpans(nested(1, nested(2, nested(2, nested(9, attribute)))))[0]?.attributes['n']
}

test('integers of 64 bits are exact: as numbers where a number holds them, else as bigints', () => {
  expect(jsonInteger('"9007199254740991"')).toBe(9_007_199_254_740_991)
  expect(jsonInteger('"9007199254740993"')).toBe(9_007_199_254_740_993n)
  expect(jsonInteger('42')).toBe(42)
  expect(protobufInteger(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)).toBe(-1)
  expect(protobufInteger(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)).toBe(9_223_372_036_854_775_807n)
})

test('an attribute called __proto__ is an attribute', () => {
  const body = encoder.encode(
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"__proto__","value":{"stringValue":"x"}}]}]}]}]}',
  )
  const [span] = readJsonSpans(body)
  expect(Object.keys(span?.attributes ?? {})).toEqual(['__proto__'])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
