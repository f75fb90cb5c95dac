import { AI_ATTRIBUTE } from '../src/attributes.ts'
import { contentViolations } from './content-schemas.ts'
import type { AttributeUses, Registry } from './registry.ts'

/** Integers are 64 bits wide on the wire; seeds may be larger than what a double counts exactly. */
const MAX_INT64 = 2 ** 63

const OURS: ReadonlySet<string> = new Set(Object.values(AI_ATTRIBUTE))
/** Of ours, the one that has a name in OpenTelemetry's own conventions. */
const SHARED: ReadonlySet<string> = new Set([AI_ATTRIBUTE.httpStatus])

/** Attributes of a signal, by name. */
export type Values = Readonly<Record<string, unknown>>

/** Whether an attribute is one of ours, by the table of names and by its prefix. */
export const isOurs = (name: string): boolean => OURS.has(name) && (name.startsWith('ai.') || SHARED.has(name))

/**
 * Members of open lists that the registry does not have, each with the reason why it is emitted all the same. Whatever is in neither
 * is a violation.
 */
export type BeyondEnums = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What is wrong with the attributes of a signal: unknown names, wrong types, unknown members, what is required and missing, empty values. */
export function attributeViolations(
  registry: Registry,
  defined: AttributeUses,
  values: Values,
  beyond: BeyondEnums,
): string[] {
  const found: string[] = []
  for (const [name, value] of Object.entries(values)) {
    if (isOurs(name)) {
      if (!isPlain(value)) found.push(`${name} is ${show(value)}, which is no value`)
    } else if (!Object.hasOwn(defined, name)) {
      found.push(`${name} is not in the registry for this signal, and not ours`)
    } else {
      found.push(...valueViolations(registry, name, value, beyond))
    }
  }
  for (const [name, { requirement_level: level }] of Object.entries(defined)) {
    if (level === 'required' && !Object.hasOwn(values, name)) found.push(`${name} is required and missing`)
  }
  return [...found, ...dependent(defined, values), ...beyondTotals(values)]
}

const MODALITIES = ['text', 'image', 'audio']

/** Counts that are parts of another: one by one, or, where they exclude each other, together. */
const PARTS: readonly (readonly [total: string, parts: readonly string[]])[] = [
  ['input_tokens', ['cache_read.input_tokens']],
  ['input_tokens', ['cache_write.input_tokens']],
  ['input_tokens', MODALITIES.map((modality) => `${modality}.input_tokens`)],
  ['output_tokens', ['reasoning.output_tokens']],
  ['output_tokens', MODALITIES.map((modality) => `${modality}.output_tokens`)],
  ['cache_read.input_tokens', MODALITIES.map((modality) => `${modality}.cache_read.input_tokens`)],
]

/** What a total must contain, and does not. */
function beyondTotals(values: Values): string[] {
  const count = (name: string): number => Number(values[`gen_ai.usage.${name}`] ?? 0)
  return PARTS.filter(([total, parts]) => parts.reduce((sum, part) => sum + count(part), 0) > count(total)).map(
    ([total, parts]) => `gen_ai.usage: ${parts.join(' + ')} is more than ${total}`,
  )
}

/** The conditions of the registry that the attributes themselves decide. */
function dependent(defined: AttributeUses, values: Values): string[] {
  const has = (name: string): boolean => values[name] !== undefined
  const rules: readonly (readonly [boolean, string])[] = [
    [has('server.address') && !has('server.port') && 'server.port' in defined, 'server.port is missing'],
    [has('server.port') && !has('server.address'), 'server.address is missing'],
    [values['gen_ai.request.choice.count'] === 1, 'gen_ai.request.choice.count is 1, which is not to be said'],
    [values['gen_ai.request.stream'] === false, 'gen_ai.request.stream is false, which is not to be said'],
    [values['openai.request.service_tier'] === 'auto', 'openai.request.service_tier is auto, which is not to be said'],
    [has('gen_ai.prompt.version') && !has('gen_ai.prompt.name'), 'gen_ai.prompt.version without gen_ai.prompt.name'],
    [
      has('gen_ai.response.time_to_first_chunk') && !has('gen_ai.request.stream'),
      'gen_ai.response.time_to_first_chunk of a call that is not streamed',
    ],
  ]
  return rules.filter(([isBroken]) => isBroken).map(([, violation]) => violation)
}

function valueViolations(registry: Registry, name: string, value: unknown, beyond: BeyondEnums): string[] {
  const type = registry.attributes[name]?.type ?? 'unknown'
  if (type === 'any') return contentViolations(name, value)
  if (!hasType(type, value)) return [`${name} is ${show(value)}, but must be ${type}`]
  if (type !== 'enum') return []
  const isMember = registry.enums[name]?.includes(String(value)) || Object.hasOwn(beyond[name] ?? {}, String(value))
  return isMember ? [] : [`${name} is ${show(value)}, which is no member`]
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'int':
      return Number.isInteger(value) && Math.abs(value as number) < MAX_INT64
    case 'double':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'string':
    case 'enum':
      return typeof value === 'string' && value !== ''
    case 'string[]':
      return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
    default:
      return false
  }
}

const isPlain = (value: unknown): boolean =>
  ['int', 'double', 'boolean', 'string', 'string[]'].some((type) => hasType(type, value))

const show = (value: unknown): string => JSON.stringify(value) ?? String(value)
