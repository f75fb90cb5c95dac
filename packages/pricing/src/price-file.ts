import { day, FieldReader, flag, list, text, texts, wholeNumber, withoutAbsent } from '@tokenmeter/meter'
import type { PriceEntry } from './price-entry.ts'
import { decimal, factors } from './price-fields.ts'
import { type LongContextRates, type Part, PARTS, type Rates } from './rate-card.ts'

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

/** Most bytes of a file of prices: ours for all of OpenAI has 0.1 MB. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * Reads prices that a person gave, in code or by the path of a JSON file.
 *
 * @throws PriceFileError when there is no such file, when it is no JSON, or naming every field that is wrong.
 */
export function readPrices(prices: unknown): readonly PriceEntry[] {
  return typeof prices === 'string' ? readPriceFile(jsonOf(prices), prices) : readPriceFile(prices, 'the option prices')
}

function jsonOf(path: string): unknown {
  try {
    // Not an import: bundles for runtimes without files must be able to leave it out.
    const { readFileSync, statSync } = process.getBuiltinModule('node:fs')
    if (statSync(path).size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`)
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new PriceFileError(path, [error instanceof Error ? error.message : String(error)])
  }
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
