import type { HrTime } from '@opentelemetry/api'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { MARKED, type SampleOptions, sampleTraces, SPANS_A_TRACE } from './sample-traces.ts'

const CALLS_A_SESSION = 10
/** Sessions of the same user are this many apart. */
const USERS = 5000
const NANOS_PER_MS = 1_000_000n
/** Of these, each span has one for its milliseconds: no multiple of any other number here, so that calls that are alike last differently. */
const DURATIONS = Array.from({ length: 997 }, (_, index) => BigInt(Math.round(100 * 1.005 ** index)))

/** Requests with many spans, serialised once by OpenTelemetry; each gets ids, times, sessions, users and orders of its own. */
export class SpanBatch {
  readonly #template: Buffer
  /** Where each id stands: it may be that of a trace, or of a parent. */
  readonly #ids: readonly (readonly number[])[]
  readonly #times: readonly number[]
  readonly #sessions: readonly number[]
  readonly #users: readonly number[]
  readonly #orders: readonly number[]

  constructor(spans: number, options: SampleOptions = {}) {
    const finished = sampleTraces(spans / SPANS_A_TRACE, options)
    this.#template = Buffer.from(ProtobufTraceSerializer.serializeRequest([...finished]) ?? [])
    const ids = new Set(finished.flatMap((span) => [span.spanContext().traceId, span.spanContext().spanId]))
    const places = (wanted: Buffer): readonly number[] => placesOf(this.#template, wanted)
    this.#ids = [...ids].map((id) => places(Buffer.from(id, 'hex')))
    this.#times = places(bytesOf(MARKED.time))
    this.#sessions = places(Buffer.from(MARKED.session))
    this.#users = places(Buffer.from(MARKED.user))
    this.#orders = places(Buffer.from(MARKED.order))
  }

  /** A request whose ids, sessions and orders are found in no other, and whose spans began at `startMs`. */
  body(number: number, startMs: number): Uint8Array {
    const body = Buffer.from(this.#template)
    for (const [index, places] of this.#ids.entries()) {
      for (const place of places) body.writeUInt32LE(number * this.#ids.length + index + 1, place)
    }
    this.#writeTimes(body, number, BigInt(startMs) * NANOS_PER_MS)
    const sessions = Math.ceil(this.#sessions.length / CALLS_A_SESSION)
    const sessionOf = (index: number): number => number * sessions + Math.floor(index / CALLS_A_SESSION)
    for (const [index, place] of this.#sessions.entries()) writeDigits(body, place, sessionOf(index))
    for (const [index, place] of this.#users.entries()) writeDigits(body, place, sessionOf(index) % USERS)
    for (const [index, place] of this.#orders.entries()) writeDigits(body, place, number * this.#orders.length + index)
    return body
  }

  #writeTimes(body: Buffer, number: number, start: bigint): void {
    for (const [index, place] of this.#times.entries()) {
      const isEnd = index % 2 === 1
      const duration = DURATIONS[(number * this.#times.length + index) % DURATIONS.length] ?? 0n
      body.writeBigUInt64LE(isEnd ? start + duration * NANOS_PER_MS : start, place)
    }
  }
}

/** Over the digits of a mark, which stand behind a letter and a dash. */
function writeDigits(body: Buffer, place: number, value: number): void {
  body.write(value.toString(16).padStart(6, '0'), place + 2, 'latin1')
}

function bytesOf([seconds]: HrTime): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(seconds) * 1_000_000_000n)
  return bytes
}

function placesOf(bytes: Buffer, wanted: Buffer): readonly number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length)) places.push(at)
  return places
}
