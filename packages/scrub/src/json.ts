import { DENIED_KEY, type Finding } from './finding.ts'
import { replaceAll } from './replace-all.ts'
import { scan } from './scan.ts'
import type { Settings } from './settings.ts'

/** One pass over one value. */
export interface JsonScan {
  readonly settings: Settings
  readonly onStep: () => void
  readonly counts: Record<string, number>
}

/** Levels of nesting that are read. Deeper values are withheld with all that is around them: nobody sends such things but to break a reader. */
const MOST_LEVELS = 256

/** A text this long speaks for itself: its key is no context. */
const LONGEST_WITH_CONTEXT = 256

/**
 * The value with its strings cleaned. What has nothing to replace is returned itself, not copied.
 *
 * @throws Error when the value is nested too deeply, as it is when it contains itself.
 */
export function scrubValue(value: unknown, pass: JsonScan, key = '', level = 0): unknown {
  if (level > MOST_LEVELS) throw new RangeError('too many levels')
  if (typeof value === 'string') return scrubText(value, pass, key)
  if (typeof value === 'number' || typeof value === 'bigint') return scrubNumber(value, pass, key)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return scrubArray(value, pass, key, level)
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') return scrubValue(toJSON.call(value, key), pass, key, level + 1)
  return ArrayBuffer.isView(value) ? value : scrubObject(value as Record<string, unknown>, pass, level)
}

function scrubText(text: string, pass: JsonScan, key: string): string {
  const context = key !== '' && text.length <= LONGEST_WITH_CONTEXT ? `${key}: ` : ''
  const found = findings(context, text, pass)
  const { text: cleaned, counts } = replaceAll(text, found, pass.settings.replace)
  for (const [name, count] of Object.entries(counts)) pass.counts[name] = (pass.counts[name] ?? 0) + count
  return cleaned
}

function findings(context: string, text: string, { settings, onStep }: JsonScan): readonly Finding[] {
  const found = scan(context + text, settings.search, onStep)
  if (context === '') return found
  return found
    .filter(({ end }) => end > context.length)
    .map((finding) => ({
      ...finding,
      start: Math.max(0, finding.start - context.length),
      end: finding.end - context.length,
    }))
}

/** A number in which something is found becomes a text: a card, a phone number. */
function scrubNumber(value: number | bigint, pass: JsonScan, key: string): unknown {
  const text = String(value)
  if (text.length < 4) return value
  const cleaned = scrubText(text, pass, key)
  return cleaned === text ? value : cleaned
}

function scrubArray(values: readonly unknown[], pass: JsonScan, key: string, level: number): readonly unknown[] {
  let copy: unknown[] | undefined
  for (let index = 0; index < values.length; index++) {
    const cleaned = scrubValue(values[index], pass, key, level + 1)
    if (cleaned === values[index] || Object.is(cleaned, values[index])) continue
    copy ??= [...values]
    copy[index] = cleaned
  }
  return copy ?? values
}

function scrubObject(value: Record<string, unknown>, pass: JsonScan, level: number): unknown {
  const entries = Object.entries(value)
  let changed = false
  const names = new Set<string>()
  const cleaned = entries.map(([key, inner]): [string, unknown] => {
    const denied = pass.settings.isDenied(key) && !isSchema(inner)
    const outer = denied ? deny(inner, pass) : scrubValue(inner, pass, key, level + 1)
    const name = unique(scrubText(key, pass, ''), names)
    if (name !== key || !Object.is(outer, inner)) changed = true
    return [name, outer]
  })
  return changed ? Object.fromEntries(cleaned) : value
}

/** `true`, `false` and nothing tell nothing. */
function deny(value: unknown, { counts }: JsonScan): unknown {
  if (value === undefined || value === null || value === '' || typeof value === 'boolean') return value
  counts[DENIED_KEY] = (counts[DENIED_KEY] ?? 0) + 1
  return `[${DENIED_KEY.toUpperCase()}]`
}

/** A schema of JSON describes what stands under a key; definitions of tools would be worthless without. */
function isSchema(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { type, $ref, anyOf, oneOf, allOf } = value as Record<string, unknown>
  const types = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']
  return (
    types.includes(String(type)) ||
    Array.isArray(type) ||
    typeof $ref === 'string' ||
    [anyOf, oneOf, allOf].some(Array.isArray)
  )
}

/** Two keys may look the same once cleaned; neither value may be lost. */
function unique(name: string, names: Set<string>): string {
  let free = name
  for (let count = 2; names.has(free); count++) free = `${name} ${count}`
  names.add(free)
  return free
}
