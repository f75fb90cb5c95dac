import { expect, test } from 'vitest'
import { MalformedOtlpError } from '../src/otlp/telemetry.ts'
import { queriesOf } from '../src/query/queries.ts'
import type { OtlpExport } from '../src/receiver/receiver.ts'
import { Database } from '../src/store/database.ts'
import { callSpan, exportOf, hexId, plainSpan } from './support/telemetry.ts'

/** A message of less than 128 bytes, as protobuf writes it into another. */
const nested = (field: number, ...inner: readonly number[]): readonly number[] => [
  (field << 3) | 2,
  inner.length,
  ...inner,
]
const idOf = (field: number, length: number, last: number): readonly number[] =>
  nested(field, ...Array.from({ length: length - 1 }, () => 0), last)

/** A length from 128 to 16,383. */
const varint = (length: number): readonly number[] => [(length & 0x7f) | 0x80, length >>> 7]

/** Some spans, and then something that is none. */
function brokenExport(spans: number): OtlpExport {
  const whole = Array.from({ length: spans }, (_, index) =>
    nested(2, ...idOf(1, 16, 3), ...idOf(2, 8, index + 1), 0x39, 1, 0, 0, 0, 0, 0, 0, 1),
  )
  const items = [...whole.flat(), ...nested(2, 0x0f)]
  const scoped = [0x12, ...varint(items.length), ...items]
  return { signal: 'traces', format: 'protobuf', body: Uint8Array.from([0x0a, ...varint(scoped.length), ...scoped]) }
}

test('of exports that wait together the wrong one is refused, nothing of it is kept, and the others are', () => {
  const database = new Database({ bounds: { bytes: 1e12, ageMs: 1e15 } })
  const taken = database.takeAll([
    exportOf([callSpan({ traceId: hexId(32, 1), cost: 1 })]),
    brokenExport(200),
    exportOf([callSpan({ traceId: hexId(32, 2), cost: 2 }), plainSpan({ traceId: hexId(32, 0) })]),
  ])
  expect(taken).toEqual([
    { partial: undefined },
    { error: expect.any(MalformedOtlpError) as Error },
    { partial: { rejected: 1, message: '1 of 2 spans have no valid trace id, span id or time' } },
  ])
  const queries = queriesOf(database)
  expect(queries.status()).toMatchObject({ spans: { kept: 2, received: 2 }, calls: { kept: 2, received: 2 } })
  expect(queries.trace(hexId(32, 3))).toBeUndefined()
  expect(queries.calls({}, 10).calls.map(({ cost }) => cost)).toEqual(['2', '1'])
  database.close()
})
