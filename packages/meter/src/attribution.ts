import type { Attributes } from '@opentelemetry/api'
import { AttributeObject, type AttributeTarget } from './attribute-target.ts'
import { AI_ATTRIBUTE } from './attributes.ts'
import { ATTRIBUTE } from './generated/gen-ai.ts'
import { warnOnce } from './guard.ts'

/**
 * Who, or what, a call was made for. Texts are cleaned of control characters and cut after 256 characters; one that is empty counts as absent.
 */
export interface Attribution {
  /** Feature of the application: `search`, `summaries`. */
  readonly feature?: string | undefined
  /** Customer or organisation. */
  readonly tenant?: string | undefined
  /** Id of the user: it is on spans and records, so give one that says nothing to a stranger. */
  readonly user?: string | undefined
  /** Id of the session. */
  readonly session?: string | undefined
  /** Prompt of the application's own. One that the request itself names is stronger. */
  readonly prompt?: { readonly name: string; readonly version?: string | undefined } | undefined
}

const TEXT_FIELDS = ['feature', 'tenant', 'user', 'session'] as const

/** Characters a value may have. Long enough for ids of every kind, short enough for every backend. */
const MAX_LENGTH = 256

/** Unicode's control characters, which break lines of logs and of the exposition format, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]+/gu

/** What is usable of what the application, or somebody else, said. What is not is told once and left out. */
export function readAttribution(value: unknown): Attribution {
  const given = fieldsOf('attribution', value)
  const attribution: Record<string, unknown> = {}
  for (const field of TEXT_FIELDS) {
    const text = readText(field, given[field])
    if (text !== undefined) attribution[field] = text
  }
  const prompt = given['prompt'] === undefined ? undefined : readPrompt(given['prompt'])
  if (prompt) attribution['prompt'] = prompt
  return attribution
}

/** Both, field by field; where they differ `inner` wins. */
export function mergeAttribution(outer: Attribution | undefined, inner: Attribution): Attribution {
  return Object.freeze({ ...outer, ...inner })
}

/** Attributes of spans and events. */
export function attributionAttributes(attribution: Attribution | undefined): Attributes {
  const target = new AttributeObject({})
  if (attribution) setAttribution(target, attribution)
  return target.attributes
}

/** Writes `attribution` into the attributes of a span or an event. */
export function setAttribution(target: AttributeTarget, attribution: Attribution): void {
  for (const field of TEXT_FIELDS) {
    const text = attribution[field]
    if (text !== undefined) target.setAttribute(AI_ATTRIBUTE[field], text)
  }
  const { prompt } = attribution
  if (!prompt) return
  target.setAttribute(ATTRIBUTE.genAiPromptName, prompt.name)
  if (prompt.version !== undefined) target.setAttribute(ATTRIBUTE.genAiPromptVersion, prompt.version)
}

function readPrompt(value: unknown): Attribution['prompt'] {
  const given = fieldsOf('prompt', value)
  const name = readText('prompt.name', given['name'])
  const version = readText('prompt.version', given['version'])
  if (name === undefined) return undefined
  return Object.freeze({ name, ...(version !== undefined && { version }) })
}

function fieldsOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  refuse(name, 'an object', value)
  return {}
}

function readText(field: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') return refuse(field, 'a text', value)
  const text = value.slice(0, MAX_LENGTH).replace(UNPRINTABLE, ' ').trim()
  return text === '' ? undefined : text
}

function refuse(field: string, accepted: string, value: unknown): undefined {
  const got = value === null ? 'null' : typeof value
  warnOnce(
    `attribution ${field}`,
    `tokenmeter: withAI(): \`${field}\` must be ${accepted}, got ${got}; calls are recorded without it`,
  )
  return undefined
}
