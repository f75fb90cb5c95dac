import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { charge, decimalFromNumber, decimalUsd, unitPrice, usdFromPico } from './usd.ts'

const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.integer({ min: 0, max: 15 }))
  .map(([digits, scale]) => {
    const padded = digits.toString().padStart(scale + 1, '0')
    const point = padded.length - scale
    return { digits, scale, text: scale === 0 ? padded : `${padded.slice(0, point)}.${padded.slice(point)}` }
  })
const price = fc.double({ min: 0, max: 1e6, noNaN: true })

describe('decimalFromNumber', () => {
  test.each([
    [0, '0'],
    [2.5, '2.5'],
    [0.075, '0.075'],
    [2e-7, '0.0000002'],
    [1.25e-8, '0.0000000125'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
  ])('writes %s as it was meant', (value, text) => {
    expect(decimalFromNumber(value)).toBe(text)
  })

  test('reads back as the same number', () => {
    fc.assert(fc.property(price, (value) => Object.is(Number(decimalFromNumber(value)), value)))
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (value) => {
    expect(() => decimalFromNumber(value)).toThrow(`A price must be a finite number from 0 up, got ${value}`)
  })
})

describe('unitPrice', () => {
  test('a price of six decimals is a whole number of pico-USD a unit', () => {
    expect(unitPrice('0.003625')).toEqual({ usdPerMillion: '0.003625', numerator: 3625n, denominator: 1n })
  })

  test('a finer price stays an exact fraction', () => {
    expect(unitPrice('0.00000025')).toEqual({ usdPerMillion: '0.00000025', numerator: 25n, denominator: 100n })
  })

  test.each(['', '1e-7', '-1', '1.', '.5', '0,15', ' 1'])('refuses %j', (text) => {
    expect(() => unitPrice(text)).toThrow(`A price must be a decimal string such as "0.15"`)
  })
})

describe('charge', () => {
  test('is BigInt arithmetic on the digits of the price, rounded at most once', () => {
    fc.assert(
      fc.property(decimal, fc.nat(), ({ digits, scale, text }, units) => {
        const exactNumerator = digits * BigInt(units) * 10n ** 6n
        const exactDenominator = 10n ** BigInt(scale)
        const error = charge(unitPrice(text), units) * exactDenominator - exactNumerator
        const twice = (error < 0n ? -error : error) * 2n
        return scale <= 6 ? error === 0n : twice <= exactDenominator
      }),
    )
  })

  test.each([
    [1, 0n],
    [3, 2n],
    [5, 2n],
    [7, 4n],
  ])('rounds %i halves to even', (units, picoUsd) => {
    expect(charge(unitPrice('0.0000005'), units)).toBe(picoUsd)
  })

  test.each([
    ['100', 8.4, 840_000_000n],
    ['100', 0.1, 10_000_000n],
    ['0.000001', 0.5, 0n],
    ['0.000001', 1.5, 2n],
  ])('of parts of a unit is exact, and rounded once: %s for %d', (rate, units, picoUsd) => {
    expect(charge(unitPrice(rate), units)).toBe(picoUsd)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('of %d units is refused', (units) => {
    expect(() => charge(unitPrice('1'), units)).toThrow(RangeError)
  })
})

describe('amounts', () => {
  test.each([
    [0n, '0'],
    [1n, '0.000000000001'],
    [450_000_000n, '0.00045'],
    [12_000_000_000_000n, '12'],
    [-1_500_000_000_000n, '-1.5'],
  ])('%s pico-USD are %s USD', (picoUsd, usd) => {
    expect(decimalUsd(picoUsd)).toBe(usd)
  })

  test('the double is the one nearest to the exact amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (picoUsd) => {
        return usdFromPico(picoUsd) === Number(decimalUsd(picoUsd))
      }),
    )
    fc.assert(fc.property(fc.maxSafeNat(), (pico) => usdFromPico(BigInt(pico)) === Number(decimalUsd(BigInt(pico)))))
  })

  test('a sum that floats get wrong is right', () => {
    const amounts = Array.from({ length: 10 }, () => charge(unitPrice('1.75'), 1000))
    expect(usdFromPico(amounts.reduce((sum, amount) => sum + amount))).toBe(0.0175)
  })
})
