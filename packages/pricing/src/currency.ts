import { type ConvertedCost, day, FieldReader, type Kind, text, warnOnce } from '@tokenmeter/meter'
import { decimalUsd, divideHalfEven } from './usd.ts'

/** A currency that costs are shown in beside USD, at a rate that the operator answers for. */
export interface CurrencySettings {
  /** ISO 4217: `EUR`. */
  readonly code: string
  /** Units of the currency for one USD, as a decimal: `"0.92"`. */
  readonly rate: string
  /** The day of the rate, `YYYY-MM-DD`. */
  readonly date: string
  /** Where the rate is from: `ECB reference rates`. */
  readonly source: string
  /** A rate that is older, in days, is warned about once; 30 by default. */
  readonly maxAgeDays?: number
}

/** What `readCurrency` takes, to end the sentence "must be …". */
export const CURRENCY_FORM =
  '{ code: "EUR", rate: "0.92", date: "2026-11-24", source: "ECB", maxAgeDays: 30 }, the last of which may be left out'

const DEFAULT_MAX_AGE_DAYS = 30
const DAY_MS = 86_400_000

const code: Kind<string> = {
  expected: 'a currency of ISO 4217 such as "EUR"',
  parse: (value) =>
    typeof value === 'string' && Intl.supportedValuesOf('currency').includes(value.toUpperCase())
      ? value.toUpperCase()
      : undefined,
}
const rate: Kind<string> = {
  expected: 'units of the currency for one USD as a decimal in quotes, greater than 0, such as "0.92"',
  parse: (value) =>
    typeof value === 'string' && /^\d{1,12}(?:\.\d{1,12})?$/.test(value) && /[1-9]/.test(value) ? value : undefined,
}
const days: Kind<number> = {
  expected: 'a whole number of days from 1 up',
  parse: (value) => {
    const number = typeof value === 'string' ? Number(value) : value
    return typeof number === 'number' && Number.isSafeInteger(number) && number >= 1 ? number : undefined
  },
}

/**
 * Reads a currency that a person wrote.
 *
 * @param path what messages call it: `currency`.
 * @throws TypeError naming every field that is wrong.
 */
export function readCurrency(value: unknown, path: string): CurrencySettings {
  const reader = new FieldReader()
  const fields = reader.object(path, value, ['code', 'rate', 'date', 'source', 'maxAgeDays']) ?? {}
  const maxAgeDays = reader.optional(`${path}.maxAgeDays`, fields['maxAgeDays'], days)
  const settings = {
    code: reader.read(`${path}.code`, fields['code'], code) ?? '',
    rate: reader.read(`${path}.rate`, fields['rate'], rate) ?? '',
    date: reader.read(`${path}.date`, fields['date'], day) ?? '',
    source: reader.read(`${path}.source`, fields['source'], text) ?? '',
    ...(maxAgeDays !== undefined && { maxAgeDays }),
  }
  if (reader.problems.length > 0) throw new TypeError(reader.problems.join('; '))
  return settings
}

/** Converts amounts; says once through `diag` when the rate has become too old at `nowMs`. */
export type Converter = (picoUsd: bigint, nowMs?: number) => ConvertedCost

/** A converter by settings that `readCurrency` has checked. */
export function createConverter({
  code: currency,
  rate: written,
  date,
  source,
  maxAgeDays,
}: CurrencySettings): Converter {
  const [whole = '', fraction = ''] = written.split('.')
  const numerator = BigInt(whole + fraction)
  const denominator = 10n ** BigInt(fraction.length)
  const mostDays = maxAgeDays ?? DEFAULT_MAX_AGE_DAYS
  const staleFromMs = Date.parse(date) + (mostDays + 1) * DAY_MS
  const convert: Converter = (picoUsd, nowMs = Date.now()) => {
    if (nowMs >= staleFromMs) {
      warnOnce(
        `currency rate ${currency} ${date}`,
        `tokenmeter: the rate of ${currency} (${source}) is of ${date}, more than ${mostDays} days ago: converted costs are off by what it has moved since`,
      )
    }
    const picoAmount = divideHalfEven(picoUsd * numerator, denominator)
    return { currency, amount: decimalUsd(picoAmount), picoAmount, rate: written, rateDate: date, rateSource: source }
  }
  convert(0n)
  return convert
}
