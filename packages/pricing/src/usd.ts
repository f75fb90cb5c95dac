const PICO_DIGITS = 12
const PICO_PER_USD = 10n ** BigInt(PICO_DIGITS)
/** A million units at 1 USD are 10¹² pico-USD: six decimals of the price are left for one unit. */
const UNIT_DIGITS = 6
const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER)

const DECIMAL = /^(\d+)(?:\.(\d+))?$/
const NUMBER = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/** The price of one unit in pico-USD, as an exact fraction. Prices of up to six decimals a million have the denominator 1. */
export interface UnitPrice {
  /** The price in USD for a million units, as it was written. */
  readonly usdPerMillion: string
  readonly numerator: bigint
  readonly denominator: bigint
}

/**
 * Reads a price as price lists write it.
 *
 * @param usdPerMillion USD for a million units, in plain decimal notation without a sign: `0.15`.
 * @throws TypeError when it is anything else.
 */
export function unitPrice(usdPerMillion: string): UnitPrice {
  const [, whole, fraction = ''] = DECIMAL.exec(usdPerMillion) ?? []
  if (whole === undefined) {
    throw new TypeError(
      `A price must be a decimal string such as "0.15" (USD for a million units), got ${JSON.stringify(usdPerMillion)}`,
    )
  }
  const digits = BigInt(whole + fraction)
  const surplus = fraction.length - UNIT_DIGITS
  return surplus <= 0
    ? { usdPerMillion, numerator: digits * 10n ** BigInt(-surplus), denominator: 1n }
    : { usdPerMillion, numerator: digits, denominator: 10n ** BigInt(surplus) }
}

/**
 * What `units` cost, in pico-USD. Exact for whole units and prices of up to six decimals a million;
 * what is left beyond a pico-USD is rounded once, half to even.
 *
 * @param units a finite number from 0 up: tokens are whole, seconds need not be.
 * @throws RangeError when it is not.
 */
export function charge(price: UnitPrice, units: number): bigint {
  if (!Number.isFinite(units) || units < 0)
    throw new RangeError(`Units must be a finite number from 0 up, got ${units}`)
  const { numerator, denominator } = price
  if (!Number.isInteger(units)) {
    const [digits, scale] = scaled(decimalFromNumber(units))
    return divideHalfEven(numerator * digits, denominator * 10n ** BigInt(scale))
  }
  if (denominator === 1n) {
    // Three big integers make one where doubles are exact, which they are for all but the largest amounts.
    const product = Number(numerator) * units
    if (product <= Number.MAX_SAFE_INTEGER) return BigInt(product)
  }
  const amount = numerator * BigInt(units)
  return denominator === 1n ? amount : divideHalfEven(amount, denominator)
}

/**
 * The shortest decimal that reads back as `value`: `2e-7` gives `0.0000002`. No arithmetic is done on the double,
 * so a price that a list wrote as `0.15` is `0.15` again.
 *
 * @param value a finite number from 0 up.
 * @throws TypeError when it is not.
 */
export function decimalFromNumber(value: number): string {
  const [, whole, fraction = '', exponent = '0'] = NUMBER.exec(String(value)) ?? []
  if (whole === undefined) throw new TypeError(`A price must be a finite number from 0 up, got ${String(value)}`)
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return digits + '0'.repeat(point - digits.length)
  return `${digits.slice(0, point)}.${digits.slice(point)}`
}

/**
 * The exact product of two decimals in plain notation without a sign: `2.5` times `1.1` is `2.75`.
 *
 * @throws TypeError when either is anything else.
 */
export function multiplyDecimals(a: string, b: string): string {
  const [digitsA, scaleA] = scaled(a)
  const [digitsB, scaleB] = scaled(b)
  const scale = scaleA + scaleB
  const digits = (digitsA * digitsB).toString().padStart(scale + 1, '0')
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return scale === 0 || fraction === ''
    ? digits.slice(0, digits.length - scale)
    : `${digits.slice(0, -scale)}.${fraction}`
}

function scaled(decimal: string): [digits: bigint, scale: number] {
  const [, whole, fraction = ''] = DECIMAL.exec(decimal) ?? []
  if (whole === undefined) throw new TypeError(`A decimal such as "1.1" is needed, got ${JSON.stringify(decimal)}`)
  return [BigInt(whole + fraction), fraction.length]
}

/** The double nearest to an exact amount, in USD. */
export function usdFromPico(picoUsd: bigint): number {
  // Both operands are exact doubles here, so the one division is the one rounding.
  if (picoUsd <= MAX_EXACT && picoUsd >= -MAX_EXACT) return Number(picoUsd) / Number(PICO_PER_USD)
  return Number(decimalUsd(picoUsd))
}

/** The exact amount as a decimal string of USD without trailing zeros: `0.00015`. */
export function decimalUsd(picoUsd: bigint): string {
  const sign = picoUsd < 0n ? '-' : ''
  const absolute = picoUsd < 0n ? -picoUsd : picoUsd
  const fraction = (absolute % PICO_PER_USD).toString().padStart(PICO_DIGITS, '0').replace(/0+$/, '')
  return `${sign}${absolute / PICO_PER_USD}${fraction && `.${fraction}`}`
}

/** The whole number nearest to a fraction of positive numbers; of two that are equally near, the even one. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const twiceRemainder = (dividend % divisor) * 2n
  if (twiceRemainder < divisor) return quotient
  if (twiceRemainder > divisor) return quotient + 1n
  return quotient + (quotient & 1n)
}
