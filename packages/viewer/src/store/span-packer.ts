import { type CallFacts, readCall, roleOf } from '../calls/call-facts.ts'
import { contentOf } from '../calls/content.ts'
import type { Resource, Span } from '../otlp/telemetry.ts'
import type { PartialSuccess } from '../receiver/answer.ts'
import { ROLE_CODES, STATUS_CODES } from './dimensions.ts'
import { attributesText, canonicalText, jsonText } from './json-text.ts'
import {
  BYTES_A_SLOT,
  NO_COST,
  NOT_SAID,
  type PackedBuffers,
  type PackedSpans,
  SLOT,
  SLOTS,
  SPAN_ID_LENGTH,
} from './packed-spans.ts'
import { serviceOf } from './resources.ts'

const ERROR = 2
/** UTF-8 has at most three bytes for each unit of a text. */
const MOST_BYTES_A_UNIT = 3
/** Units of a text from which on its bytes are counted before there is room for them. */
const LONG_TEXT = 4096
const FIRST_SPANS = 128
const FIRST_BYTES = 32_768

/** Packs spans, one after the other. */
export class SpanPacker {
  #numbers: Float64Array<ArrayBuffer>
  #integers: BigInt64Array<ArrayBuffer>
  #bytes: Buffer<ArrayBuffer>
  #filled = 0
  #count = 0
  readonly #traceIds = new Map<string, number>()
  readonly #spanIds = new Set<string>()
  /** Ids of traces with those of spans: known from when on an id of a span has come twice. */
  #pairs: Set<string> | undefined
  readonly #words = new Map<string, number>()
  readonly #resources = new Map<Resource, number>()

  constructor({ slots, bytes }: PackedBuffers = newBuffers()) {
    this.#numbers = new Float64Array(slots)
    this.#integers = new BigInt64Array(slots)
    this.#bytes = Buffer.from(bytes)
  }

  get count(): number {
    return this.#count
  }

  /** What was packed. Its buffers are the caller's: nothing can be added any more. */
  take(partial?: PartialSuccess): PackedSpans {
    return {
      signal: 'traces',
      format: 'packed',
      count: this.#count,
      slots: this.#numbers.buffer,
      bytes: this.#bytes.buffer,
      traceIds: [...this.#traceIds.keys()],
      words: [...this.#words.keys()],
      resources: Array.from(this.#resources.keys(), ({ attributes }) => canonicalText(attributes)),
      partial,
    }
  }

  /** Adds a span, unless it is there already. */
  add(span: Span): void {
    const trace = placeIn(this.#traceIds, span.traceId)
    if (this.#isRepeated(trace, span.spanId)) return
    if ((this.#count + 1) * SLOTS > this.#numbers.length) this.#growSlots()
    const at = this.#count * SLOTS
    const { resource, scope } = span
    const role = roleOf(span)
    const numbers = this.#numbers
    this.#addTexts(at, span)
    numbers[at + SLOT.trace] = trace
    numbers[at + SLOT.name] = this.#word(span.name)
    numbers[at + SLOT.service] = this.#word(serviceOf(resource))
    numbers[at + SLOT.resource] = this.#resource(resource)
    numbers[at + SLOT.scope] = this.#word(scope.version === '' ? scope.name : `${scope.name}@${scope.version}`)
    numbers[at + SLOT.kind] = span.kind
    numbers[at + SLOT.role] = ROLE_CODES[role]
    numbers[at + SLOT.failed] = Number(span.statusCode === ERROR)
    this.#integers[at + SLOT.start] = span.start
    this.#integers[at + SLOT.duration] = span.end > span.start ? span.end - span.start : 0n
    if (role === 'call') this.#addCall(at, readCall(span))
    this.#count += 1
  }

  #isRepeated(trace: number, spanId: string): boolean {
    const isUsual = !this.#spanIds.has(spanId)
    this.#spanIds.add(spanId)
    if (isUsual && !this.#pairs) return false
    const pairs = (this.#pairs ??= this.#pairsSoFar())
    const pair = pairOf(trace, spanId)
    const isRepeated = pairs.has(pair)
    pairs.add(pair)
    return isRepeated
  }

  #pairsSoFar(): Set<string> {
    const pairs = new Set<string>()
    for (let at = 0; at < this.#count * SLOTS; at += SLOTS) {
      const from = this.#numbers[at + SLOT.spanId] ?? 0
      const spanId = this.#bytes.toString('latin1', from, from + SPAN_ID_LENGTH)
      pairs.add(pairOf(this.#numbers[at + SLOT.trace] ?? 0, spanId))
    }
    return pairs
  }

  #addTexts(at: number, span: Span): void {
    const ids = span.spanId + span.parentSpanId
    const body = `{"attributes":${attributesText(span.attributes)}${moreText(span)}}`
    const content = contentOf(span.attributes)
    const numbers = this.#numbers
    numbers[at + SLOT.spanId] = this.#filled
    numbers[at + SLOT.body] = this.#filled + ids.length
    this.#write(ids + body)
    numbers[at + SLOT.content] = this.#filled
    if (content !== '') this.#write(content)
    numbers[at + SLOT.end] = this.#filled
  }

  #addCall(at: number, facts: CallFacts): void {
    const numbers = this.#numbers
    numbers[at + SLOT.operation] = this.#word(facts.operation)
    numbers[at + SLOT.provider] = this.#word(facts.provider)
    numbers[at + SLOT.model] = this.#word(facts.model)
    numbers[at + SLOT.responseModel] = this.#word(facts.responseModel)
    numbers[at + SLOT.status] = STATUS_CODES[facts.status]
    numbers[at + SLOT.errorType] = this.#word(facts.errorType)
    numbers[at + SLOT.input] = facts.inputTokens ?? NOT_SAID
    numbers[at + SLOT.cached] = facts.cachedTokens ?? NOT_SAID
    numbers[at + SLOT.cacheWrite] = facts.cacheWriteTokens ?? NOT_SAID
    numbers[at + SLOT.output] = facts.outputTokens ?? NOT_SAID
    numbers[at + SLOT.reasoning] = facts.reasoningTokens ?? NOT_SAID
    this.#integers[at + SLOT.cost] = facts.picoUsd ?? NO_COST
    numbers[at + SLOT.unpriced] = this.#word(facts.unpriced)
    numbers[at + SLOT.estimated] = Number(facts.estimated ?? false)
    numbers[at + SLOT.attempts] = facts.attempts
    numbers[at + SLOT.rateLimitHits] = facts.rateLimitHits
    numbers[at + SLOT.chunks] = facts.chunks ?? NOT_SAID
    numbers[at + SLOT.finishReason] = this.#word(facts.finishReason)
    numbers[at + SLOT.feature] = this.#word(facts.feature)
    numbers[at + SLOT.tenant] = this.#word(facts.tenant)
    numbers[at + SLOT.user] = this.#word(facts.user)
    numbers[at + SLOT.session] = this.#word(facts.session)
    numbers[at + SLOT.prompt] = this.#word(facts.prompt)
    numbers[at + SLOT.firstChunk] = facts.timeToFirstChunk ?? NOT_SAID
  }

  #word(word: string | undefined): number {
    return word === undefined ? NOT_SAID : placeIn(this.#words, word)
  }

  #resource(resource: Resource): number {
    return placeIn(this.#resources, resource)
  }

  #write(text: string): void {
    const most = text.length > LONG_TEXT ? Buffer.byteLength(text) : text.length * MOST_BYTES_A_UNIT
    if (this.#filled + most > this.#bytes.length) this.#growBytes(this.#filled + most)
    this.#filled += this.#bytes.write(text, this.#filled)
  }

  #growSlots(): void {
    const numbers = new Float64Array(this.#numbers.length * 2)
    // As integers: a double that is no number need not keep its bits.
    this.#integers = new BigInt64Array(numbers.buffer)
    this.#integers.set(new BigInt64Array(this.#numbers.buffer))
    this.#numbers = numbers
  }

  #growBytes(least: number): void {
    const bytes = Buffer.from(new ArrayBuffer(Math.max(least, 2 * this.#bytes.length)))
    bytes.set(this.#bytes.subarray(0, this.#filled))
    this.#bytes = bytes
  }
}

function newBuffers(): PackedBuffers {
  return { slots: new ArrayBuffer(FIRST_SPANS * SLOTS * BYTES_A_SLOT), bytes: new ArrayBuffer(FIRST_BYTES) }
}

const pairOf = (trace: number, spanId: string): string => `${trace} ${spanId}`

function placeIn<Thing>(places: Map<Thing, number>, thing: Thing): number {
  let place = places.get(thing)
  if (place === undefined) places.set(thing, (place = places.size))
  return place
}

/** What few spans have, to be put behind their attributes. */
function moreText({ events, links, statusMessage }: Span): string {
  if (events.length === 0 && links.length === 0 && statusMessage === '') return ''
  const more = {
    ...(events.length > 0 && { events }),
    ...(links.length > 0 && { links }),
    ...(statusMessage !== '' && { statusMessage }),
  }
  return `,${jsonText(more).slice(1, -1)}`
}
