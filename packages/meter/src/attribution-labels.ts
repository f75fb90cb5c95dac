import type { Attributes } from '@opentelemetry/api'
import type { Attribution } from './attribution.ts'
import { BoundedValues, OVERFLOW_VALUE } from './bounded-values.ts'
import { ATTRIBUTION_LABELS, type AttributionLabel } from './instruments.ts'

/** What the labels of a series say about for whom calls were made. There is one object for each combination of values. */
export interface AttributionSet {
  /** The values as one text; empty where there is none. */
  readonly key: string
  readonly attributes: Attributes
}

/** That of calls that were made for nobody in particular, and of all calls while no label is allowed. */
export const NO_ATTRIBUTION: AttributionSet = Object.freeze({ key: '', attributes: Object.freeze({}) })

type Prompt = NonNullable<Attribution['prompt']>

const VALUE_OF: Readonly<Record<AttributionLabel, (attribution: Attribution) => string | undefined>> = {
  feature: ({ feature }) => feature,
  tenant: ({ tenant }) => tenant,
  user: ({ user }) => user,
  prompt: ({ prompt }) => prompt?.name,
  prompt_version: ({ prompt }) => prompt?.version,
}

/** Turns attributions into labels: those of an allow-list, which is empty at first, each with a bound on its values. */
export class AttributionSets {
  readonly #maxLabelValues: number
  readonly #sets = new Map<string, AttributionSet>()
  #allowed: readonly { readonly label: AttributionLabel; readonly values: BoundedValues }[] = []

  constructor(maxLabelValues: number) {
    this.#maxLabelValues = maxLabelValues
  }

  /** Adds to the allow-list. */
  allow(labels: readonly AttributionLabel[]): void {
    const known = new Map(this.#allowed.map(({ label, values }) => [label, values]))
    this.#allowed = ATTRIBUTION_LABELS.filter((label) => known.has(label) || labels.includes(label)).map((label) => ({
      label,
      values: known.get(label) ?? new BoundedValues(this.#maxLabelValues),
    }))
  }

  /** @param prompt one that the request itself names, which is stronger. */
  of(attribution: Attribution | undefined, prompt?: Prompt): AttributionSet {
    if (this.#allowed.length === 0) return NO_ATTRIBUTION
    const said = prompt ? { ...attribution, prompt } : attribution
    return said ? this.#find((label, values) => admitted(values, VALUE_OF[label](said))) : NO_ATTRIBUTION
  }

  /** The set that has the labels of `set`, all of them `other`. */
  overflowOf({ attributes }: AttributionSet): AttributionSet {
    return this.#find((label) => (attributes[label] === undefined ? undefined : OVERFLOW_VALUE))
  }

  #find(valueOf: (label: AttributionLabel, values: BoundedValues) => string | undefined): AttributionSet {
    let key = ''
    const attributes: Attributes = {}
    for (const { label, values } of this.#allowed) {
      const value = valueOf(label, values)
      if (value === undefined) continue
      attributes[label] = value
      key += `${label}\u0000${value}\u0000`
    }
    if (key === '') return NO_ATTRIBUTION
    const known = this.#sets.get(key)
    if (known) return known
    const set = Object.freeze({ key, attributes: Object.freeze(attributes) })
    this.#sets.set(key, set)
    return set
  }
}

const admitted = (values: BoundedValues, value: string | undefined): string | undefined =>
  value === undefined ? undefined : values.admit(value)

/** What `readMetricAttribution` takes, to end the sentence "must be …". */
export const METRIC_ATTRIBUTION_FORM: string = `a list of ${ATTRIBUTION_LABELS.join(', ')}, such as feature,tenant, or in code ["feature", "tenant"]`

/**
 * Reads an allow-list that a person wrote: a list, or one text with commas.
 *
 * @returns `undefined` when it is none.
 */
export function readMetricAttribution(value: unknown): readonly AttributionLabel[] | undefined {
  const words: unknown = typeof value === 'string' ? value.split(',').map((word) => word.trim()) : value
  return Array.isArray(words) && words.every(isAttributionLabel) ? [...new Set(words)] : undefined
}

const isAttributionLabel = (word: unknown): word is AttributionLabel =>
  (ATTRIBUTION_LABELS as readonly unknown[]).includes(word)
