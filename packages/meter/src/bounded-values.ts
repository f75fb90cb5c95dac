/** What a label says once it has seen too many values. */
export const OVERFLOW_VALUE = 'other'

/** Default for how many values one label may take in a process: see `maxLabelValues`. */
export const DEFAULT_MAX_LABEL_VALUES = 200

/** Lets the first `limit` distinct values through and turns the rest into `other`, so that no label can grow without end. */
export class BoundedValues {
  readonly #values = new Set<string>()
  /** How many values are let through. */
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  admit(value: string): string {
    if (this.#values.has(value)) return value
    if (this.#values.size >= this.limit) return OVERFLOW_VALUE
    this.#values.add(value)
    return value
  }
}
