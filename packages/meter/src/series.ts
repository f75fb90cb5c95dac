import type { Attributes } from '@opentelemetry/api'
import { type AttributionSet, NO_ATTRIBUTION } from './attribution-labels.ts'
import type { InstrumentDefinition, Label } from './instruments.ts'

/** One time series of a counter or gauge: its labels and its value so far. */
export interface Cell<Value extends number | bigint = number> {
  readonly attributes: Attributes
  value: Value
}

/**
 * All time series of one counter or gauge, kept here and read when somebody collects.
 *
 * A call adds to a cell, which costs an addition; the SDK's own counters would hash the labels on every call.
 */
export class Series<Value extends number | bigint = number> {
  readonly #cells = new Map<string, Cell<Value>>()
  readonly #labels: readonly Label[]
  readonly #zero: Value

  constructor(definition: InstrumentDefinition, zero: Value) {
    this.#labels = definition.labels
    this.#zero = zero
    if (definition.startsAtZero) this.#cells.set('', { attributes: {}, value: zero })
  }

  /** The cell for these label values, given in the order the instrument declares its labels. */
  cell(...values: readonly string[]): Cell<Value> {
    return this.#find(NO_ATTRIBUTION, values)
  }

  /** The same for calls that were made for somebody: their labels come on top. */
  cellFor(attribution: AttributionSet, ...values: readonly string[]): Cell<Value> {
    return this.#find(attribution, values)
  }

  #find(attribution: AttributionSet, values: readonly string[]): Cell<Value> {
    const key = attribution.key + values.join('\u0000')
    const known = this.#cells.get(key)
    if (known) return known
    const attributes: Attributes = { ...attribution.attributes }
    for (const [index, label] of this.#labels.entries()) attributes[label] = values[index]
    const cell = { attributes: Object.freeze(attributes), value: this.#zero }
    this.#cells.set(key, cell)
    return cell
  }

  cells(): IterableIterator<Cell<Value>> {
    return this.#cells.values()
  }
}
