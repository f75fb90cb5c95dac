import type { Attributes } from '@opentelemetry/api'

/** One series of a histogram that is kept here: cumulative since `LocalHistogramSnapshot.startTime`. */
export interface LocalHistogramPoint {
  readonly attributes: Attributes
  /** One count for each boundary, and one for what is beyond the last. */
  readonly counts: readonly number[]
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
}

/** A histogram that is kept here, for a reader to add to what it collects from the SDK. */
export interface LocalHistogramSnapshot {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly boundaries: readonly number[]
  /** Milliseconds since the epoch. */
  readonly startTime: number
  readonly points: readonly LocalHistogramPoint[]
}

interface Point extends LocalHistogramPoint {
  readonly counts: number[]
  count: number
  sum: number
  min: number
  max: number
}

/**
 * A histogram with explicit buckets at the price of a few additions for each value.
 *
 * The SDK's own hashes the attributes for every value, about a microsecond each; here they are known by their identity.
 */
export class LocalHistogram {
  readonly #boundaries: readonly number[]
  readonly #points = new Map<Attributes, Point>()

  constructor(boundaries: readonly number[]) {
    this.#boundaries = boundaries
  }

  /** @param attributes the same object for the same series. */
  add(attributes: Attributes, value: number): void {
    if (isMeasurement(value)) this.#addValue(this.#pointOf(attributes), value)
  }

  /** As `add`, looking the series up once: a stream has a value for each of its chunks. */
  addEach(attributes: Attributes, values: readonly number[]): void {
    let point: Point | undefined
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number
      if (isMeasurement(value)) this.#addValue((point ??= this.#pointOf(attributes)), value)
    }
  }

  points(): LocalHistogramPoint[] {
    return [...this.#points.values()].map((point) => ({ ...point, counts: [...point.counts] }))
  }

  #pointOf(attributes: Attributes): Point {
    let point = this.#points.get(attributes)
    if (!point) this.#points.set(attributes, (point = this.#createPoint(attributes)))
    return point
  }

  #createPoint(attributes: Attributes): Point {
    const counts = Array.from({ length: this.#boundaries.length + 1 }, () => 0)
    return { attributes, counts, count: 0, sum: 0, min: Infinity, max: -Infinity }
  }

  /** Boundaries are inclusive above, as OpenTelemetry defines them. */
  #addValue(point: Point, value: number): void {
    const boundaries = this.#boundaries
    let bucket = 0
    while (bucket < boundaries.length && value > (boundaries[bucket] as number)) bucket += 1
    point.counts[bucket] = (point.counts[bucket] as number) + 1
    point.count += 1
    point.sum += value
    if (value < point.min) point.min = value
    if (value > point.max) point.max = value
  }
}

/** As the SDK does: what is negative or not a number is not a measurement, and makes no series. */
const isMeasurement = (value: number): boolean => value >= 0
