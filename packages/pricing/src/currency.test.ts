import { diag, DiagLogLevel } from '@opentelemetry/api'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CostTracker } from './cost-tracker.ts'
import { createConverter, type CurrencySettings, readCurrency } from './currency.ts'

const EURO: CurrencySettings = { code: 'EUR', rate: '0.92', date: '2026-11-24', source: 'ECB' }
const at = Date.parse('2026-11-24')

test('costs are shown in the currency beside USD, never instead', () => {
  const tracker = new CostTracker({ currency: EURO })
  const context = { model: 'gpt-4o-mini', at }
  const converted = {
    currency: 'EUR',
    amount: '0.000414',
    picoAmount: 414_000_000n,
    rate: '0.92',
    rateDate: '2026-11-24',
    rateSource: 'ECB',
  }
  const usage = { prompt_tokens: 1000, completion_tokens: 500 }
  expect(tracker.record(usage, context)).toMatchObject({ usd: '0.00045', converted })
  expect(tracker.record(null, context)).not.toHaveProperty('converted')
  expect(tracker.totals()).toMatchObject({ usd: '0.00045', converted })
  expect(tracker.totals().byModel.get('gpt-4o-mini')).toMatchObject({ usd: '0.00045', converted })
})

const picoAmount = (rate: string, picoUsd: bigint): bigint => createConverter({ ...EURO, rate })(picoUsd, at).picoAmount

test('amounts are exact to 10⁻¹² of the currency, half to even', () => {
  expect(picoAmount('0.5', 1n)).toBe(0n)
  expect(picoAmount('0.5', 3n)).toBe(2n)
  expect(picoAmount('151.23', 10n ** 30n)).toBe(15_123n * 10n ** 28n)
  const decimal = fc.tuple(fc.nat(1000), fc.nat(999_999))
  fc.assert(
    fc.property(decimal, fc.bigInt({ min: 0n, max: 10n ** 24n }), ([whole, fraction], picoUsd) => {
      const scaled = BigInt(whole) * 1_000_000n + BigInt(fraction)
      fc.pre(scaled > 0n)
      const off = picoAmount(`${whole}.${String(fraction).padStart(6, '0')}`, picoUsd) * 1_000_000n - picoUsd * scaled
      expect(off <= 500_000n && off >= -500_000n).toBe(true)
    }),
  )
})

const silent = (): void => {}

test('a rate that is older than is allowed is warned about once, when it becomes so', () => {
  const said: string[] = []
  const warn = (line: string): void => void said.push(line)
  diag.setLogger({ verbose: silent, debug: silent, info: silent, error: silent, warn }, DiagLogLevel.WARN)
  const future = { ...EURO, code: 'CHF', date: '2999-01-01', source: 'SNB', maxAgeDays: 7 }
  const convert = createConverter(future)
  convert(1n, Date.parse('2999-01-08T23:59:59Z'))
  expect(said).toEqual([])
  convert(1n, Date.parse('2999-01-09'))
  convert(1n, Date.parse('2999-01-10'))
  createConverter({ ...EURO, date: '2020-01-01' })
  diag.disable()
  expect(said).toEqual([
    'tokenmeter: the rate of CHF (SNB) is of 2999-01-01, more than 7 days ago: converted costs are off by what it has moved since',
    'tokenmeter: the rate of EUR (ECB) is of 2020-01-01, more than 30 days ago: converted costs are off by what it has moved since',
  ])
})

describe('a currency is refused with every field that is wrong', () => {
  test.each<[object, string]>([
    [{ code: 'XYZ' }, 'currency.code must be a currency of ISO 4217 such as "EUR", got "XYZ"'],
    [{ rate: 0.92 }, 'currency.rate must be units of the currency for one USD as a decimal in quotes, greater than 0'],
    [{ rate: '0.00' }, 'greater than 0, such as "0.92", got "0.00"'],
    [{ rate: '-1' }, 'greater than 0, such as "0.92", got "-1"'],
    [{ date: 'today' }, 'currency.date must be a day such as "2026-11-24", got "today"'],
    [{ source: '' }, 'currency.source must be a text that is not empty, got ""'],
    [{ maxAgeDays: 0 }, 'currency.maxAgeDays must be a whole number of days from 1 up, got 0'],
    [{ unit: 1 }, 'currency.unit is not a field; there is: code, rate, date, source, maxAgeDays'],
    [
      { code: 'XYZ', date: 1 },
      'currency.code must be a currency of ISO 4217 such as "EUR", got "XYZ"; currency.date must be',
    ],
  ])('%j', (fields, message) => {
    expect(() => readCurrency({ ...EURO, ...fields }, 'currency')).toThrow(message)
  })

  test('and taken in lower case, with its days as text', () => {
    expect(readCurrency({ ...EURO, code: 'eur', maxAgeDays: '7' }, 'currency')).toEqual({ ...EURO, maxAgeDays: 7 })
  })
})
