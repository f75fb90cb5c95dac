import { type Baggage, type Context, propagation } from '@opentelemetry/api'
import { AI_ATTRIBUTE } from './attributes.ts'
import { type Attribution, readAttribution } from './attribution.ts'
import { ATTRIBUTE } from './generated/gen-ai.ts'
import { guard, reportFailure } from './guard.ts'

const FIELDS = ['feature', 'tenant', 'user', 'session', 'prompt'] as const

/** A field of an attribution that baggage can carry. */
export type BaggageField = (typeof FIELDS)[number]

/** What of an attribution goes from service to service in W3C baggage (https://www.w3.org/TR/baggage/). Nothing, unless it is named here. */
export interface BaggageSettings {
  /** Fields that are taken from the baggage of the active context, where `withAI` does not say them itself. */
  readonly in?: readonly BaggageField[]
  /** Fields that are put into the baggage of the context in which the function of `withAI` runs. */
  readonly out?: readonly BaggageField[]
}

/** What `readBaggageSettings` takes, to end the sentence "must be …". */
export const BAGGAGE_FORM: string = `{ in: ["feature", "tenant"], out: ["feature"] }, or either of them; of ${FIELDS.join(', ')}`

/**
 * Reads baggage settings that a person wrote. A list may be one text with commas, too: `feature,tenant`.
 *
 * @throws TypeError naming what is wrong.
 */
export function readBaggageSettings(value: unknown): BaggageSettings {
  if (typeof value !== 'object' || value === null) throw new TypeError(`baggage must be ${BAGGAGE_FORM}`)
  const settings: Record<string, readonly BaggageField[]> = {}
  for (const [direction, fields] of Object.entries(value)) {
    if (direction !== 'in' && direction !== 'out') {
      throw new TypeError(`baggage.${direction} is not a field; there is: in, out`)
    }
    if (fields !== undefined) settings[direction] = readFields(`baggage.${direction}`, fields)
  }
  return settings
}

function readFields(path: string, value: unknown): readonly BaggageField[] {
  const words: unknown = typeof value === 'string' ? value.split(',').map((word) => word.trim()) : value
  if (Array.isArray(words) && words.every(isField)) return [...new Set(words)]
  throw new TypeError(
    `${path} must be a list of ${FIELDS.join(', ')}, such as ["feature", "tenant"], got ${JSON.stringify(value)}`,
  )
}

const isField = (word: unknown): word is BaggageField => (FIELDS as readonly unknown[]).includes(word)

/** On the global object, because the ESM and the CJS copy of this module must agree. */
const SETTINGS = Symbol.for('tokenmeter.attribution-baggage')
const holder = globalThis as { [SETTINGS]?: BaggageSettings }

/**
 * Sets for this process what of an attribution goes from service to service: nothing, until this says otherwise.
 *
 * @throws TypeError naming what is wrong.
 */
export function setAttributionBaggage(settings: BaggageSettings): void {
  holder[SETTINGS] = readBaggageSettings(settings)
}

/** Keys are those of the span attributes, so that what others make of baggage has the same names. */
const KEYS: Readonly<Record<BaggageField, readonly string[]>> = {
  feature: [AI_ATTRIBUTE.feature],
  tenant: [AI_ATTRIBUTE.tenant],
  user: [AI_ATTRIBUTE.user],
  session: [AI_ATTRIBUTE.session],
  prompt: [ATTRIBUTE.genAiPromptName, ATTRIBUTE.genAiPromptVersion],
}

/** What the baggage of `context` says, as far as it is asked for. It may come from anybody: it is bounded like what `withAI` is given. */
export function attributionFromBaggage(context: Context): Attribution | undefined {
  const fields = holder[SETTINGS]?.in
  if (!fields) return undefined
  try {
    return readCarried(fields, propagation.getBaggage(context))
  } catch (error) {
    // Whoever sets baggage need not have used the API for it.
    reportFailure('reading baggage', error)
    return undefined
  }
}

function readCarried(fields: readonly BaggageField[], baggage: Baggage | undefined): Attribution | undefined {
  if (!baggage) return undefined
  const said: Record<string, unknown> = {}
  for (const field of fields) {
    const [value, version] = KEYS[field].map((key) => baggage.getEntry(key)?.value)
    if (value !== undefined) said[field] = field === 'prompt' ? { name: value, version } : value
  }
  return Object.keys(said).length === 0 ? undefined : readAttribution(said)
}

/** `context` with as much of `attribution` in its baggage as may go out; behind what the application has put there. */
export function withAttributionBaggage(context: Context, attribution: Attribution): Context {
  const fields = holder[SETTINGS]?.out
  let changed = context
  if (fields && fields.length > 0) {
    guard('setting baggage', () => {
      const baggage = propagation.getBaggage(context) ?? propagation.createBaggage()
      changed = propagation.setBaggage(context, carrying(baggage, fields, attribution))
    })
  }
  return changed
}

function carrying(given: Baggage, fields: readonly BaggageField[], attribution: Attribution): Baggage {
  let baggage = given
  for (const field of fields) {
    const [key = '', versionKey = ''] = KEYS[field]
    const { name, version } = textsOf(attribution[field])
    if (name === undefined) continue
    baggage = baggage.removeEntry(versionKey).setEntry(key, { value: name })
    if (version !== undefined) baggage = baggage.setEntry(versionKey, { value: version })
  }
  return baggage
}

/**
 * `context` without the fields that are taken from baggage or put there: for requests to the provider, to which instrumentation of HTTP would send them. What
 * else is in the baggage stays.
 */
export function withoutAttributionBaggage(context: Context): Context {
  const settings = holder[SETTINGS]
  if (!settings) return context
  try {
    const { in: taken = [], out: put = [] } = settings
    const baggage = taken.length > 0 || put.length > 0 ? propagation.getBaggage(context) : undefined
    const ours = [...taken, ...put].flatMap((field) => KEYS[field]).filter((key) => baggage?.getEntry(key))
    if (baggage && ours.length > 0) return propagation.setBaggage(context, baggage.removeEntries(...ours))
  } catch (error) {
    reportFailure('keeping baggage back', error)
  }
  return context
}

function textsOf(value: Attribution[BaggageField]): { name?: string | undefined; version?: string | undefined } {
  return typeof value === 'object' ? value : { name: value }
}
