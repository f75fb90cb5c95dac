import { type PackedSpans, SLOT, SLOTS } from './packed-spans.ts'

/** The places of packed spans, trace by trace. */
export class SpanGroups {
  readonly #places: Uint32Array
  /** Where the places of each trace end. */
  readonly #ends: Uint32Array

  constructor({ slots, count, traceIds }: PackedSpans) {
    const numbers = new Float64Array(slots)
    const traceOf = (place: number): number => numbers[place * SLOTS + SLOT.trace] ?? 0
    const starts = new Uint32Array(traceIds.length + 1)
    for (let place = 0; place < count; place += 1) starts[traceOf(place) + 1] = (starts[traceOf(place) + 1] ?? 0) + 1
    for (let trace = 1; trace < starts.length; trace += 1)
      starts[trace] = (starts[trace] ?? 0) + (starts[trace - 1] ?? 0)
    this.#places = new Uint32Array(count)
    for (let place = 0; place < count; place += 1) {
      const trace = traceOf(place)
      const at = starts[trace] ?? 0
      this.#places[at] = place
      starts[trace] = at + 1
    }
    this.#ends = starts
  }

  /** In the order in which they came. */
  of(trace: number): Uint32Array {
    return this.#places.subarray(trace === 0 ? 0 : this.#ends[trace - 1], this.#ends[trace])
  }
}
