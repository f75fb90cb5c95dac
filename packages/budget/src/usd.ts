/** Amounts as people write them: up to twelve decimals, a pico-USD being the last. */
const DECIMAL = /^(\d{1,12})(?:\.(\d{1,12}))?$/

/** The exact amount in pico-USD (10⁻¹² USD) of a decimal in plain notation; `undefined` when it is none. */
export function picoFromDecimal(usd: unknown): bigint | undefined {
  const [, whole, fraction = ''] = (typeof usd === 'string' && DECIMAL.exec(usd)) || []
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(12, '0'))
}
