import type { Kind } from '@tokenmeter/meter'
import { picoFromDecimal } from './usd.ts'

/** An amount in USD above 0: in pico-USD. */
export const amount: Kind<bigint> = {
  expected: 'an amount in USD above 0 as a decimal in quotes, such as "50" or "0.25"',
  parse: (value) => picoFromDecimal(value) || undefined,
}

/** A number above 0, and not beyond what a timer can wait. */
export const positive: Kind<number> = {
  expected: 'a number above 0, up to 1000000',
  parse: (value) => (typeof value === 'number' && value > 0 && value <= 1_000_000 ? value : undefined),
}

export function wholeFrom(least: number, most: number): Kind<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    parse: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined,
  }
}

export function oneOf<Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    expected: words.map((word) => `"${word}"`).join(' or '),
    parse: (value) => words.find((word) => word === value),
  }
}
