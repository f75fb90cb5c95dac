import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalUsd, picoFromUsd, usdFromPico } from './usd.ts'

const PICO_PER_USD = 10n ** 12n
/** Up to 2⁵² pico-USD (about 4,500 USD) a double is finer than half a pico-USD, so that nothing can be lost on the way. */
const exactlyHeld = fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n })
const anyAmount = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })

describe('decimalUsd', () => {
  test.each([
    [0n, '0'],
    [1n, '0.000000000001'],
    [150_000_000n, '0.00015'],
    [PICO_PER_USD, '1'],
    [12_500_000_000_000n, '12.5'],
    [-1n, '-0.000000000001'],
    [-2_500_000_000_000n, '-2.5'],
    [123_456_789_012_345_678_901n, '123456789.012345678901'],
  ])('writes %s pico-USD as %s', (picoUsd, text) => {
    expect(decimalUsd(picoUsd)).toBe(text)
  })

  test('loses nothing: the digits give the amount back', () => {
    fc.assert(
      fc.property(anyAmount, (picoUsd) => {
        const [whole = '', fraction = ''] = decimalUsd(picoUsd).split('.')
        expect(BigInt(whole + fraction.padEnd(12, '0'))).toBe(picoUsd)
      }),
    )
  })

  test('has no trailing zeros', () => {
    fc.assert(fc.property(anyAmount, (picoUsd) => !/\.\d*0$|\.$/.test(decimalUsd(picoUsd))))
  })
})

describe('usdFromPico', () => {
  test('is the double a program would write for the same amount', () => {
    expect([150_000_000n, 100_000_000_000n, 300_000_000_000n].map(usdFromPico)).toEqual([0.00015, 0.1, 0.3])
  })

  test('ten times 0.1 USD is 1 USD, which a sum of doubles misses', () => {
    const tenth = picoFromUsd(0.1)
    expect(usdFromPico(tenth * 10n)).toBe(1)
    expect(Array.from({ length: 10 }, () => 0.1).reduce((sum, usd) => sum + usd, 0)).not.toBe(1)
  })
})

describe('picoFromUsd', () => {
  test.each([
    [0, 0n],
    [1e-12, 1n],
    [0.1, 100_000_000_000n],
    [0.00015, 150_000_000n],
    [-0.5, -500_000_000_000n],
    [4e-13, 0n],
    [9e15, 9_000_000_000_000_000n * PICO_PER_USD],
  ])('reads %s USD as %s pico-USD', (usd, picoUsd) => {
    expect(picoFromUsd(usd)).toBe(picoUsd)
  })

  test('gives back what usdFromPico was given', () => {
    fc.assert(fc.property(exactlyHeld, (picoUsd) => picoFromUsd(usdFromPico(picoUsd)) === picoUsd))
  })

  test('is the nearest amount: never half a pico-USD off', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4000, noNaN: true }), (usd) => {
        expect(Math.abs(usdFromPico(picoFromUsd(usd)) - usd)).toBeLessThanOrEqual(0.5e-12 + Number.EPSILON * usd)
      }),
    )
  })
})
