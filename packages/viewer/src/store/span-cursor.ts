import type { SummedFacts } from './call-sums.ts'
import { STATUS_NAMES } from './dimensions.ts'
import { NO_COST, type PackedSpans, SLOT, SLOTS, SPAN_ID_LENGTH } from './packed-spans.ts'
import type { Resources } from './resources.ts'
import type { Words } from './words.ts'

/** A place among the slots of a span. */
export type Slot = (typeof SLOT)[keyof typeof SLOT]

/** Looks at packed spans, at one after the other: each as it is about to be written, with numbers of words and resources in the file. */
export class SpanCursor {
  readonly count: number
  readonly #packed: PackedSpans
  readonly #words: Words
  readonly #resources: Resources
  readonly #numbers: Float64Array
  readonly #integers: BigInt64Array
  readonly #bytes: Buffer
  readonly #wordIds: number[]
  readonly #resourceIds: number[]
  #at = 0

  constructor(packed: PackedSpans, words: Words, resources: Resources) {
    this.count = packed.count
    this.#packed = packed
    this.#words = words
    this.#resources = resources
    this.#numbers = new Float64Array(packed.slots)
    this.#integers = new BigInt64Array(packed.slots)
    this.#bytes = Buffer.from(packed.bytes)
    this.#wordIds = packed.words.map(() => 0)
    this.#resourceIds = packed.resources.map(() => 0)
  }

  moveTo(index: number): this {
    this.#at = index * SLOTS
    return this
  }

  get spanId(): string {
    const from = this.#number(SLOT.spanId)
    return this.#bytes.toString('latin1', from, from + SPAN_ID_LENGTH)
  }

  /** Empty for the root of a trace. */
  get parentSpanId(): string {
    const [from, end] = [this.#number(SLOT.spanId) + SPAN_ID_LENGTH, this.#number(SLOT.body)]
    return from === end ? '' : this.#bytes.toString('latin1', from, end)
  }

  get body(): Uint8Array {
    return this.#bytes.subarray(this.#number(SLOT.body), this.#number(SLOT.content))
  }

  /** What is searched; nothing where nothing was said. */
  get content(): Uint8Array | undefined {
    const [start, end] = [this.#number(SLOT.content), this.#number(SLOT.end)]
    return start === end ? undefined : this.#bytes.subarray(start, end)
  }

  /** The number in a slot that is always filled. */
  number(slot: Slot): number {
    return this.#number(slot)
  }

  /** Nanoseconds. */
  integer(slot: 'start' | 'duration'): bigint {
    return this.#integers[this.#at + SLOT[slot]] as bigint
  }

  /** 10⁻¹² USD. */
  get cost(): bigint | null {
    const cost = this.#integers[this.#at + SLOT.cost] as bigint
    return cost === NO_COST ? null : cost
  }

  numberOrNull(slot: Slot): number | null {
    const number = this.#number(slot)
    return Number.isNaN(number) ? null : number
  }

  /** The number of a word in the file, if there is a word. */
  wordOrNull(slot: Slot): number | null {
    const place = this.#number(slot)
    return Number.isNaN(place) ? null : this.#wordAt(place)
  }

  word(slot: Slot): number {
    return this.#wordAt(this.#number(slot))
  }

  get resource(): number {
    const place = this.#number(SLOT.resource)
    return (this.#resourceIds[place] ||= this.#resources.idOfText(this.#packed.resources[place] ?? ''))
  }

  /** Of a call: what sums take of it. */
  facts(): SummedFacts {
    return {
      status: STATUS_NAMES[this.#number(SLOT.status)] ?? 'success',
      attempts: this.#number(SLOT.attempts),
      rateLimitHits: this.#number(SLOT.rateLimitHits),
      isUnpriced: !Number.isNaN(this.#number(SLOT.unpriced)),
      isEstimated: this.#number(SLOT.estimated) > 0,
      inputTokens: this.numberOrNull(SLOT.input) ?? 0,
      cachedTokens: this.numberOrNull(SLOT.cached) ?? 0,
      outputTokens: this.numberOrNull(SLOT.output) ?? 0,
      picoUsd: this.cost ?? 0n,
      timeToFirstChunk: this.numberOrNull(SLOT.firstChunk),
    }
  }

  #number(slot: number): number {
    return this.#numbers[this.#at + slot] as number
  }

  /** Looked up when the first span that is written has it. */
  #wordAt(place: number): number {
    return (this.#wordIds[place] ||= this.#words.id(this.#packed.words[place] ?? ''))
  }
}
