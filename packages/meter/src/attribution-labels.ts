import type { Attributes } from '@opentelemetry/api'
import type { Attribution } from './attribution.ts'
import { BoundedValues, OVERFLOW_VALUE } from './bounded-values.ts'
import { warnOnce } from './guard.ts'
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

/** Turns attributions into labels: those of an allow-list, which is empty at first, each with a bound on its values, and all with one on their combinations. */
export class AttributionSets {
  readonly #maxLabelValues: number
  readonly #maxSets: number
  readonly #sets = new Map<string, AttributionSet>()
  /** Those that are all `other` come on top: one for each combination of labels, 31 at most. */
  readonly #overflowSets = new Map<string, AttributionSet>()
  #allowed: readonly { readonly label: AttributionLabel; readonly values: BoundedValues }[] = []

  constructor(maxLabelValues: number, maxSets: number) {
    this.#maxLabelValues = maxLabelValues
    this.#maxSets = maxSets
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
    if (!said) return NO_ATTRIBUTION
    const attributes: Attributes = {}
    for (const { label, values } of this.#allowed) {
      const value = VALUE_OF[label](said)
      if (value !== undefined) attributes[label] = values.admit(value)
    }
    const key = keyOf(attributes)
    if (key === '') return NO_ATTRIBUTION
    const known = this.#sets.get(key)
    if (known) return known
    if (this.#sets.size < this.#maxSets) return remember(this.#sets, key, attributes)
    tellOverflow(this.#maxSets)
    return this.overflowOf({ key, attributes })
  }

  /** The set that has the labels of `set`, all of them `other`. */
  overflowOf(set: AttributionSet): AttributionSet {
    if (set.key === '') return NO_ATTRIBUTION
    const attributes = Object.fromEntries(Object.keys(set.attributes).map((label) => [label, OVERFLOW_VALUE]))
    const key = keyOf(attributes)
    return this.#overflowSets.get(key) ?? remember(this.#overflowSets, key, attributes)
  }
}

/** Labels always come in the same order. */
function keyOf(attributes: Attributes): string {
  let key = ''
  for (const label in attributes) key += `${label}\u0000${String(attributes[label])}\u0000`
  return key
}

function remember(sets: Map<string, AttributionSet>, key: string, attributes: Attributes): AttributionSet {
  const set = Object.freeze({ key, attributes: Object.freeze(attributes) })
  sets.set(key, set)
  return set
}

/** Says, once, that there are more combinations than there may be. */
export function tellOverflow(max: number): void {
  warnOnce(
    'attribution labels',
    `tokenmeter: more than ${max} combinations of model, operation and attribution labels: further ones are counted as \`other\`. ` +
      'Allow fewer labels, or ones with fewer values',
  )
}

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
