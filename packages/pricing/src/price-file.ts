import { type Part, PARTS, type LongContextRates, type Rates } from './rate-card.ts'
import type { PriceEntry } from './price-entry.ts'

/** Prices that cannot be used. The message names every wrong field, what it holds and what it must hold. */
export class PriceFileError extends Error {
  override readonly name = 'PriceFileError'
  /** One line for each wrong field. */
  readonly problems: readonly string[]

  constructor(origin: string, problems: readonly string[]) {
    super(`${origin} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** A file of prices, as JSON: what all entries share need be said only once. */
export interface PriceFile {
  /** Where the figures come from, for entries that do not say. */
  readonly source?: string
  /** When they were read, `YYYY-MM-DD`, for entries that do not say. */
  readonly date?: string
  readonly prices: readonly (Omit<PriceEntry, 'source' | 'date'> & Partial<Pick<PriceEntry, 'source' | 'date'>>)[]
}

/**
 * Reads a file of prices that a person wrote.
 *
 * @param origin what the error calls it: `prices.json`, `the option prices`.
 * @throws PriceFileError naming every field that is wrong.
 */
export function readPriceFile(value: unknown, origin: string): readonly PriceEntry[] {
  const reader = new FieldReader()
  const file = reader.object('', value, ['source', 'date', 'prices']) ?? {}
  const source = reader.optional('source', file['source'], text) ?? origin
  const date = reader.optional('date', file['date'], day)
  const prices = reader.read('prices', file['prices'], list)
  const entries = prices?.map((entry, index) => readEntry(reader, `prices[${index}]`, entry, { source, date }))
  if (reader.problems.length > 0 || !entries) throw new PriceFileError(origin, reader.problems)
  return Object.freeze(entries as PriceEntry[])
}

const ENTRY_FIELDS = [
  'provider',
  'models',
  'snapshots',
  'tiers',
  'zone',
  'zoneFactors',
  'sizes',
  'qualities',
  'from',
  'until',
  'rates',
  'longContext',
  'source',
  'date',
]

function readEntry(
  reader: FieldReader,
  path: string,
  value: unknown,
  shared: { readonly source: string; readonly date: string | undefined },
): PriceEntry | undefined {
  const fields = reader.object(path, value, ENTRY_FIELDS)
  if (!fields) return undefined
  const at = (name: string): string => `${path}.${name}`
  const from = reader.optional(at('from'), fields['from'], day)
  const until = reader.optional(at('until'), fields['until'], day)
  if (from !== undefined && until !== undefined && from >= until) {
    reader.refuse(at('until'), until, `a day after from (${from})`)
  }
  const ownDate = reader.optional(at('date'), fields['date'], day) ?? shared.date
  return withoutAbsent({
    provider: reader.read(at('provider'), fields['provider'], text) ?? '',
    models: reader.read(at('models'), fields['models'], texts) ?? [],
    snapshots: reader.optional(at('snapshots'), fields['snapshots'], flag),
    tiers: reader.optional(at('tiers'), fields['tiers'], texts),
    zone: reader.optional(at('zone'), fields['zone'], text),
    zoneFactors: reader.optional(at('zoneFactors'), fields['zoneFactors'], factors),
    sizes: reader.optional(at('sizes'), fields['sizes'], texts),
    qualities: reader.optional(at('qualities'), fields['qualities'], texts),
    from,
    until,
    rates: readRates(reader, at('rates'), fields['rates']),
    longContext: readLongContext(reader, at('longContext'), fields['longContext']),
    source: reader.optional(at('source'), fields['source'], text) ?? shared.source,
    date: ownDate ?? reader.read(at('date'), undefined, day) ?? '',
  }) as PriceEntry
}

function readRates(reader: FieldReader, path: string, value: unknown): Rates {
  const fields = reader.object(path, value, PARTS) ?? {}
  const rates: Partial<Record<Part, string>> = {}
  for (const part of PARTS) {
    const rate = reader.optional(`${path}.${part}`, fields[part], decimal)
    if (rate !== undefined) rates[part] = rate
  }
  return Object.freeze(rates)
}

function readLongContext(reader: FieldReader, path: string, value: unknown): readonly LongContextRates[] | undefined {
  return reader.optional(path, value, list)?.map((step, index) => {
    const at = `${path}[${index}]`
    const fields = reader.object(at, step, ['aboveInputTokens', 'rates']) ?? {}
    return Object.freeze({
      aboveInputTokens: reader.read(`${at}.aboveInputTokens`, fields['aboveInputTokens'], wholeNumber) ?? 0,
      rates: readRates(reader, `${at}.rates`, fields['rates']),
    })
  })
}

/** What a field must hold: reads it, or says that it holds something else. */
interface Kind<T> {
  readonly expected: string
  readonly parse: (value: unknown) => T | undefined
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

const text: Kind<string> = {
  expected: 'a text that is not empty',
  parse: (value) => (isText(value) ? value : undefined),
}
const texts: Kind<readonly string[]> = {
  expected: 'a list of texts that is not empty, such as ["gpt-4o"]',
  parse: (value) => (Array.isArray(value) && value.length > 0 && value.every(isText) ? value : undefined),
}
const list: Kind<readonly unknown[]> = {
  expected: 'a list',
  parse: (value) => (Array.isArray(value) ? value : undefined),
}
const day: Kind<string> = {
  expected: 'a day such as "2026-11-24"',
  parse: (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
      ? value
      : undefined,
}
const isDecimal = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{1,12}(?:\.\d{1,12})?$/.test(value)

const decimal: Kind<string> = {
  expected: 'USD for a million units as a decimal in quotes, such as "0.15"',
  parse: (value) => (isDecimal(value) ? value : undefined),
}
const factors: Kind<Readonly<Record<string, string>>> = {
  expected: 'a factor in quotes for each zone, such as { "eu": "1.1" }',
  parse: (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every(isDecimal)
      ? (value as Readonly<Record<string, string>>)
      : undefined,
}
const flag: Kind<boolean> = {
  expected: 'true or false',
  parse: (value) => (typeof value === 'boolean' ? value : undefined),
}
const wholeNumber: Kind<number> = {
  expected: 'a whole number from 0 up',
  parse: (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined),
}

type Fields = Readonly<Record<string, unknown>>

class FieldReader {
  readonly problems: string[] = []

  read<T>(path: string, value: unknown, kind: Kind<T>): T | undefined {
    const read = kind.parse(value)
    if (read === undefined) this.refuse(path, value, kind.expected)
    return read
  }

  optional<T>(path: string, value: unknown, kind: Kind<T>): T | undefined {
    return value === undefined ? undefined : this.read(path, value, kind)
  }

  object(path: string, value: unknown, known: readonly string[]): Fields | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.refuse(path || 'it', value, `an object with ${known.join(', ')}`)
      return undefined
    }
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) {
        this.problems.push(`${path && `${path}.`}${name} is not a field; there is: ${known.join(', ')}`)
      }
    }
    return value as Fields
  }

  refuse(path: string, value: unknown, expected: string): void {
    this.problems.push(`${path} must be ${expected}, got ${show(value)}`)
  }
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const json = JSON.stringify(value) ?? String(value)
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}

function withoutAbsent(fields: object): object {
  return Object.freeze(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)))
}
