import type { Kind } from '@tokenmeter/meter'

const isDecimal = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{1,12}(?:\.\d{1,12})?$/.test(value)

/** A price, as a decimal string. */
export const decimal: Kind<string> = {
  expected: 'USD for a million units as a decimal in quotes, such as "0.15"',
  parse: (value) => (isDecimal(value) ? value : undefined),
}
/** Factors by zone, as decimal strings. */
export const factors: Kind<Readonly<Record<string, string>>> = {
  expected: 'a factor in quotes for each zone, such as { "eu": "1.1" }',
  parse: (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every(isDecimal)
      ? (value as Readonly<Record<string, string>>)
      : undefined,
}
