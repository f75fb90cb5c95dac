import { MalformedOtlpError } from './telemetry.ts'

const VARINT = 0
const FIXED64 = 1
const LENGTH = 2
const FIXED32 = 5

/** Texts of more bytes are not looked for among those that were read before. */
const MOST_REMEMBERED_BYTES = 48
/** Of each text, from its end. */
const HASHED_BYTES = 8
/** A power of two. */
const REMEMBERED = 4096
/** Names of attributes, models and services are in every span: found by their bytes they need not be made again. Each is where its hash says, until another takes its place. */
const remembered: (string | undefined)[] = Array.from({ length: REMEMBERED })

/**
 * Reads protobuf, field by field: https://protobuf.dev/programming-guides/encoding/. Every length is held against what is there, so that bytes
 * which are no protobuf end in an error and never in a wrong place.
 */
export class WireReader {
  readonly #bytes: Buffer
  readonly #view: DataView
  #at = 0
  #end: number
  #type = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#end = bytes.length
  }

  /** The number of the next field, or 0 at the end of the message. */
  next(): number {
    if (this.#at >= this.#end) return 0
    const tag = this.#varint32()
    this.#type = tag & 7
    const field = tag >>> 3
    if (field === 0) throw this.#malformed('a field has the number 0')
    return field
  }

  /** Hands the message in this field to `read`, and stands behind it afterwards. */
  message<Result>(read: (reader: this) => Result): Result {
    const outer = this.enter()
    const result = read(this)
    this.leave(outer)
    return result
  }

  /** The same without a function, for what there is most of: the message in this field is read until `leave` gets what this returns. */
  enter(): number {
    const end = this.#lengthEnd()
    const outer = this.#end
    this.#end = end
    return outer
  }

  leave(outer: number): void {
    this.#at = this.#end
    this.#end = outer
  }

  /** What `read` makes of the message in the first field of this number, ahead of everything else; stays where it is. */
  peek<Result>(wanted: number, read: (reader: this) => Result): Result | undefined {
    return this.#ahead(wanted, () => this.message(read))
  }

  /** The number in the first field of this number, ahead of everything else; 0 where there is none. Stays where it is. */
  peekNumber(wanted: number): number {
    return this.#ahead(wanted, () => this.number()) ?? 0
  }

  #ahead<Result>(wanted: number, read: () => Result): Result | undefined {
    const at = this.#at
    let result: Result | undefined
    for (let field = this.next(); field !== 0 && result === undefined; field = this.next()) {
      if (field === wanted) result = read()
      else this.skip()
    }
    this.#at = at
    return result
  }

  text(): string {
    const end = this.#lengthEnd()
    const start = this.#at
    this.#at = end
    const length = end - start
    if (length === 0) return ''
    if (length > MOST_REMEMBERED_BYTES) return this.#bytes.toString('utf8', start, end)
    const place = this.#hash(start, end) & (REMEMBERED - 1)
    const known = remembered[place]
    if (known !== undefined && known.length === length && this.#holds(known, start)) return known
    const text = this.#bytes.toString('utf8', start, end)
    // Where every character is a byte, the bytes can be compared with it.
    if (text.length === length) remembered[place] = text
    return text
  }

  /** By the length and the end, where names and numbers differ from each other: that is half the work. */
  #hash(start: number, end: number): number {
    let hash = end - start
    for (let at = Math.max(start, end - HASHED_BYTES); at < end; at += 1)
      hash = (Math.imul(hash, 31) + (this.#bytes[at] as number)) | 0
    return hash ^ (hash >>> 16)
  }

  #holds(text: string, start: number): boolean {
    for (let index = 0; index < text.length; index += 1) {
      if (text.charCodeAt(index) !== this.#bytes[start + index]) return false
    }
    return true
  }

  /** A copy, so that what is kept does not keep the whole request. */
  bytes(): Uint8Array {
    const end = this.#lengthEnd()
    const bytes = Uint8Array.prototype.slice.call(this.#bytes, this.#at, end)
    this.#at = end
    return bytes
  }

  /** Ids, as everybody writes them. */
  hex(): string {
    const end = this.#lengthEnd()
    const hex = this.#bytes.toString('hex', this.#at, end)
    this.#at = end
    return hex
  }

  /** A `uint32`, `int32` that is not negative, enum or bool. */
  number(): number {
    this.#expect(VARINT)
    return this.#varint32()
  }

  /** A `uint64` as a number: counts, which nobody has more than 2^53 of. */
  count(): number {
    this.#expect(VARINT)
    return Number(BigInt.asUintN(64, this.#varint64()))
  }

  /** An `int64`: a number where it is exact, else a `bigint`. */
  integer(): number | bigint {
    this.#expect(VARINT)
    return exact(BigInt.asIntN(64, this.#varint64()))
  }

  /** A `sint32`, in zigzag. */
  zigzag(): number {
    const value = this.number()
    return (value >>> 1) ^ -(value & 1)
  }

  fixed64(): bigint {
    this.#expect(FIXED64)
    return this.#view.getBigUint64(this.#take(8), true)
  }

  sfixed64(): number | bigint {
    this.#expect(FIXED64)
    return exact(this.#view.getBigInt64(this.#take(8), true))
  }

  double(): number {
    this.#expect(FIXED64)
    return this.#view.getFloat64(this.#take(8), true)
  }

  /** Repeated numbers: all in one field, or one of many fields. */
  repeated(into: number[], kind: 'double' | 'fixed64' | 'varint'): void {
    if (this.#type !== LENGTH) {
      into.push(kind === 'double' ? this.double() : kind === 'fixed64' ? Number(this.fixed64()) : this.count())
      return
    }
    const end = this.#lengthEnd()
    const outer = this.#end
    this.#end = end
    while (this.#at < end) {
      if (kind === 'double') into.push(this.#view.getFloat64(this.#take(8), true))
      else if (kind === 'fixed64') into.push(Number(this.#view.getBigUint64(this.#take(8), true)))
      else into.push(Number(BigInt.asUintN(64, this.#varint64())))
    }
    this.#end = outer
  }

  /** Passes over a field that nobody here knows. */
  skip(): void {
    switch (this.#type) {
      case VARINT:
        this.#varint64()
        return
      case FIXED64:
        this.#take(8)
        return
      case LENGTH:
        this.#at = this.#lengthEnd()
        return
      case FIXED32:
        this.#take(4)
        return
      default:
        throw this.#malformed(`there is no wire type ${this.#type}`)
    }
  }

  #expect(type: number): void {
    if (this.#type !== type) throw this.#malformed(`a field has the wire type ${this.#type}, not ${type}`)
  }

  #take(count: number): number {
    const at = this.#at
    if (at + count > this.#end) throw this.#malformed('a number goes beyond the end')
    this.#at = at + count
    return at
  }

  #lengthEnd(): number {
    this.#expect(LENGTH)
    const length = this.#varint32()
    const end = this.#at + length
    if (end > this.#end) throw this.#malformed(`a field of ${length} bytes goes beyond the end`)
    return end
  }

  #varint32(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    let value = first & 0x7f
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.#byte()
      // Negative enums and int32 have ten bytes, of which the upper half says nothing.
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw this.#malformed('a number has more than ten bytes')
  }

  #varint64(): bigint {
    const start = this.#at
    let low = 0
    for (let index = 0; index < 4; index += 1) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << (7 * index)
      if (byte < 0x80) return BigInt(low)
    }
    this.#at = start
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw this.#malformed('a number has more than ten bytes')
  }

  #byte(): number {
    if (this.#at >= this.#end) throw this.#malformed('it ends amid a number')
    const byte = this.#bytes[this.#at] as number
    this.#at += 1
    return byte
  }

  #malformed(why: string): MalformedOtlpError {
    return new MalformedOtlpError(`The body is no OTLP: ${why}, at byte ${this.#at}`)
  }
}

/** The same integer as a number, where a number holds it. */
export function exact(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
