import type { PartialSuccess } from '../receiver/answer.ts'

/*
 * Spans as they go from the thread that reads them to the thread that writes them: in few buffers, which are handed over instead of copied. Each span has slots of
 * eight bytes for numbers, and its texts in one piece of the bytes: the id of it and of its parent, its body, what of it is searched.
 */

/** The slots of a span. Those from `operation` on are filled for calls only. */
export const SLOT = {
  spanId: 0,
  body: 1,
  content: 2,
  end: 3,
  name: 4,
  service: 5,
  resource: 6,
  scope: 7,
  kind: 8,
  role: 9,
  failed: 10,
  start: 11,
  duration: 12,
  operation: 13,
  provider: 14,
  model: 15,
  responseModel: 16,
  status: 17,
  errorType: 18,
  input: 19,
  cached: 20,
  cacheWrite: 21,
  output: 22,
  reasoning: 23,
  cost: 24,
  unpriced: 25,
  estimated: 26,
  attempts: 27,
  rateLimitHits: 28,
  chunks: 29,
  finishReason: 30,
  feature: 31,
  tenant: 32,
  user: 33,
  session: 34,
  prompt: 35,
  firstChunk: 36,
  trace: 37,
} as const

export const BYTES_A_SLOT = 8
/** Slots of one span. */
export const SLOTS = 38

/** What stands in the slot of a number that nobody said. */
export const NOT_SAID: number = Number.NaN
/** The same for a cost, of which none is negative. */
export const NO_COST = -1n

export const SPAN_ID_LENGTH = 16

/** Spans, packed. */
export interface PackedSpans {
  readonly signal: 'traces'
  readonly format: 'packed'
  readonly count: number
  /** `SLOTS` of each span: as doubles, or as 64-bit integers those of times and costs. */
  readonly slots: ArrayBuffer
  readonly bytes: ArrayBuffer
  /** Ids of traces, to which slots refer by their places. No span is there twice. */
  readonly traceIds: readonly string[]
  /** Texts that repeat, to which slots refer by their places. */
  readonly words: readonly string[]
  /** Attributes of resources, as canonical texts. */
  readonly resources: readonly string[]
  /** What to tell of spans that were not taken. */
  readonly partial: PartialSuccess | undefined
}

/** The buffers of packed spans: when those have been written, others can be packed into them. */
export type PackedBuffers = Pick<PackedSpans, 'slots' | 'bytes'>
