import type { TraceColumns } from '../src/query/trace-columns.ts'
import { ROLE_NAMES } from '../src/store/dimensions.ts'

/** A span as a line of the tree shows it. */
export interface TreeSpan {
  readonly id: number
  readonly name: string
  readonly role: (typeof ROLE_NAMES)[number]
  /** Milliseconds since the trace began. */
  readonly start: number
  /** Milliseconds. */
  readonly duration: number
  readonly failed: boolean
  readonly isCall: boolean
  /** Milliseconds; `null` where nobody said. */
  readonly timeToFirstChunk: number | null
}

/** A span where it stands in its trace. */
export interface TreeLine {
  readonly span: TreeSpan
  readonly depth: number
  readonly hasChildren: boolean
  /** Its parent has not come, or is one of those below it. */
  readonly isOrphan: boolean
  /** Its own, and those of all below it; estimates left out. */
  readonly total: { readonly picoUsd: bigint; readonly tokens: number; readonly errors: number }
}

const NONE = -1

/**
 * The spans of a trace in the order of a tree, parents before children. A span whose parent is missing stands at the top, and so does one of those
 * that are each other's parents: none is lost. Without recursion, so that a chain of 100,000 is a tree, too; and in lists of numbers, because as many
 * objects take longer than a person waits. A line becomes an object when it is drawn.
 */
export class SpanTree {
  readonly #trace: TraceColumns
  /** Where the span of a line stands in the columns. */
  readonly #places: Int32Array
  readonly #depths: Int32Array
  /** By places in the columns: where the call of a span is. */
  readonly #calls: Int32Array
  readonly #totals: Totals

  constructor(trace: TraceColumns) {
    const { columns, callColumns } = trace
    const placeOf = placesOf(columns.id)
    const parents = new Int32Array(columns.id.length)
    for (let place = 0; place < parents.length; place += 1) {
      const parent = placeOf(columns.parent[place] as number)
      parents[place] = parent === place ? NONE : parent
    }
    this.#trace = trace
    this.#calls = new Int32Array(columns.id.length).fill(NONE)
    for (let call = 0; call < callColumns.id.length; call += 1) {
      this.#calls[placeOf(callColumns.id[call] as number)] = call
    }
    const { places, depths } = inOrder(parents, sorted(columns.start))
    this.#places = places
    this.#depths = depths
    this.#totals = new Totals(trace, this.#calls)
    // From the end, so that a span is whole before it is added to its parent.
    for (let line = places.length - 1; line >= 0; line -= 1) {
      const place = places[line] as number
      if (depths[line] !== 0) this.#totals.add(place, parents[place] as number)
    }
  }

  /** How many lines there are. */
  get size(): number {
    return this.#places.length
  }

  /** Milliseconds from the beginning of the first span to the end of the last. */
  get length(): number {
    const { start, duration } = this.#trace.columns
    const end = start.reduce((latest, began, place) => Math.max(latest, began + (duration[place] as number) / 1000), 0)
    return Math.max(0.001, end / 1000)
  }

  /** The line of a span; -1 where it is none of these. */
  lineOf(id: number | undefined): number {
    const { columns } = this.#trace
    return this.#places.findIndex((place) => columns.id[place] === id)
  }

  /** Whether a line says that its span has failed. */
  isFailed(line: number): boolean {
    return this.#trace.columns.failed[this.#places[line] as number] === 1
  }

  /** Tells of lines whether they have a text in their name, role, service, model or error. */
  finder(text: string): (line: number) => boolean {
    const { words, columns, callColumns } = this.#trace
    const found = new Set<number | null | undefined>()
    for (const [id, word] of Object.entries(words)) if (word.toLowerCase().includes(text)) found.add(Number(id))
    const roles = ROLE_NAMES.map((name) => name.includes(text))
    return (line) => {
      const place = this.#places[line] as number
      if (found.has(columns.name[place]) || found.has(columns.service[place])) return true
      const call = this.#calls[place] as number
      return (
        roles[columns.role[place] as number] === true ||
        found.has(callColumns.model[call]) ||
        found.has(callColumns.errorType[call])
      )
    }
  }

  /** Lines that are seen when those of `isFolded`, by the ids of their spans, hide what is below them. */
  unfolded(isFolded: ReadonlySet<number>): Int32Array {
    const { id } = this.#trace.columns
    const shown = new Int32Array(this.size)
    let count = 0
    let hiddenBelow = Number.POSITIVE_INFINITY
    for (let line = 0; line < this.size; line += 1) {
      const depth = this.#depths[line] as number
      if (depth > hiddenBelow) continue
      const isClosed = isFolded.size > 0 && isFolded.has(id[this.#places[line] as number] as number)
      hiddenBelow = isClosed ? depth : Number.POSITIVE_INFINITY
      shown[count] = line
      count += 1
    }
    return shown.subarray(0, count)
  }

  /** What there is to say of a line. */
  at(line: number): TreeLine {
    const place = this.#places[line] as number
    const depth = this.#depths[line] as number
    return {
      span: this.#spanAt(place),
      depth,
      hasChildren: (this.#depths[line + 1] ?? 0) > depth,
      isOrphan: depth === 0 && this.#trace.columns.parent[place] !== 0,
      total: this.#totals.at(place),
    }
  }

  #spanAt(place: number): TreeSpan {
    const { words, columns, callColumns } = this.#trace
    const call = this.#calls[place] as number
    const firstChunk = callColumns.firstChunk[call] ?? null
    return {
      id: columns.id[place] as number,
      name: words[columns.name[place] as number] ?? '',
      role: ROLE_NAMES[columns.role[place] as number] ?? 'other',
      start: (columns.start[place] as number) / 1000,
      duration: (columns.duration[place] as number) / 1e6,
      failed: columns.failed[place] === 1,
      isCall: call !== NONE,
      timeToFirstChunk: firstChunk === null ? null : firstChunk / 1e6,
    }
  }
}

/** Cost, tokens and errors by places in the columns. Costs are in two numbers that stay whole however many are added. */
class Totals {
  readonly #micro: Float64Array
  readonly #pico: Float64Array
  readonly #tokens: Float64Array
  readonly #errors: Float64Array

  constructor({ columns, callColumns }: TraceColumns, calls: Int32Array) {
    const { microUsd, picoUsd, inputTokens, outputTokens, estimated } = callColumns
    this.#micro = new Float64Array(calls.length)
    this.#pico = new Float64Array(calls.length)
    this.#tokens = new Float64Array(calls.length)
    this.#errors = new Float64Array(columns.failed)
    for (let place = 0; place < calls.length; place += 1) {
      const call = calls[place] as number
      if (call === NONE || estimated[call] === 1) continue
      this.#micro[place] = microUsd[call] ?? 0
      this.#pico[place] = picoUsd[call] ?? 0
      this.#tokens[place] = (inputTokens[call] ?? 0) + (outputTokens[call] ?? 0)
    }
  }

  /** Adds what is at one place to what is at another. */
  add(from: number, to: number): void {
    this.#micro[to] = (this.#micro[to] as number) + (this.#micro[from] as number)
    this.#pico[to] = (this.#pico[to] as number) + (this.#pico[from] as number)
    this.#tokens[to] = (this.#tokens[to] as number) + (this.#tokens[from] as number)
    this.#errors[to] = (this.#errors[to] as number) + (this.#errors[from] as number)
  }

  at(place: number): TreeLine['total'] {
    return {
      picoUsd: BigInt(this.#micro[place] as number) * 1_000_000n + BigInt(this.#pico[place] as number),
      tokens: this.#tokens[place] as number,
      errors: this.#errors[place] as number,
    }
  }
}

/** Ids that are wider apart than this, for each of them, are looked up in a map: a list of all between would be too long. */
const WIDEST = 16

/** Tells where an id stands in the columns; -1 where it does not. */
function placesOf(ids: readonly number[]): (id: number) => number {
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (const id of ids) {
    low = Math.min(low, id)
    high = Math.max(high, id)
  }
  if (ids.length === 0 || high - low >= WIDEST * ids.length) {
    const places = new Map(ids.map((id, place) => [id, place]))
    return (id) => places.get(id) ?? NONE
  }
  const places = new Int32Array(high - low + 1).fill(NONE)
  for (let place = 0; place < ids.length; place += 1) places[(ids[place] as number) - low] = place
  return (id) => places[id - low] ?? NONE
}

/** Places in the order of their beginnings, and of the columns where these are the same. */
function sorted(starts: readonly number[]): Int32Array {
  const size = starts.length
  const latest = starts.reduce((most, start) => Math.max(most, start), 0)
  if (latest * size >= Number.MAX_SAFE_INTEGER) {
    return Int32Array.from(starts.keys()).sort((a, b) => (starts[a] as number) - (starts[b] as number) || a - b)
  }
  // Beginning and place in one number: numbers alone are sorted in a quarter of the time.
  const keys = new Float64Array(size)
  for (let place = 0; place < size; place += 1) keys[place] = (starts[place] as number) * size + place
  return new Int32Array(keys.sort().map((key) => key % size))
}

/** Places in the order of a tree, and how deep each stands. Siblings, and what stands at the top, are in the order in which they began. */
function inOrder(
  parents: Int32Array,
  byStart: Int32Array,
): { readonly places: Int32Array; readonly depths: Int32Array } {
  const size = parents.length
  const firstChild = new Int32Array(size).fill(NONE)
  const nextSibling = new Int32Array(size).fill(NONE)
  for (let index = size - 1; index >= 0; index -= 1) {
    const place = byStart[index] as number
    const parent = parents[place] as number
    if (parent === NONE) continue
    nextSibling[place] = firstChild[parent] as number
    firstChild[parent] = place
  }
  const places = new Int32Array(size)
  const depths = new Int32Array(size)
  const isSeen = new Uint8Array(size)
  let count = 0
  const enter = (place: number, depth: number): number => {
    places[count] = place
    depths[count] = depth
    count += 1
    isSeen[place] = 1
    return place
  }
  const unseen = (place: number): number => {
    let next = place
    while (next !== NONE && isSeen[next] === 1) next = nextSibling[next] as number
    return next
  }
  const walk = (top: number): void => {
    let depth = 0
    for (let place = enter(top, depth); ;) {
      const child = unseen(firstChild[place] as number)
      if (child !== NONE) {
        depth += 1
        place = enter(child, depth)
        continue
      }
      let next = NONE
      while (place !== top && next === NONE) {
        next = unseen(nextSibling[place] as number)
        if (next === NONE) {
          place = parents[place] as number
          depth -= 1
        }
      }
      if (next === NONE) return
      place = enter(next, depth)
    }
  }
  for (const place of byStart) if (parents[place] === NONE) walk(place)
  // What is left goes round in circles.
  for (const place of byStart) if (isSeen[place] === 0) walk(place)
  return { places, depths }
}

const PICO_DIGITS = 12

/** Pico-USD as a decimal of USD. */
export function decimalOf(picoUsd: bigint): string {
  const digits = picoUsd.toString().padStart(PICO_DIGITS + 1, '0')
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '')
  return `${digits.slice(0, -PICO_DIGITS)}${fraction && `.${fraction}`}`
}
