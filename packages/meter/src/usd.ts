const PICO_PER_USD = 1_000_000_000_000n
const PICO_DIGITS = 12

/** The double nearest to an exact amount: parsed from its decimal spelling, so that it is rounded once. */
export function usdFromPico(picoUsd: bigint): number {
  return Number(decimalUsd(picoUsd))
}

/** The exact amount as a decimal string of USD without trailing zeros: `0.00015`. */
export function decimalUsd(picoUsd: bigint): string {
  const sign = picoUsd < 0n ? '-' : ''
  const absolute = picoUsd < 0n ? -picoUsd : picoUsd
  const fraction = (absolute % PICO_PER_USD).toString().padStart(PICO_DIGITS, '0').replace(/0+$/, '')
  return `${sign}${absolute / PICO_PER_USD}${fraction && `.${fraction}`}`
}

/** Nearest whole number of pico-USD to a finite amount of at most 9 · 10¹⁵ USD. */
export function picoFromUsd(usd: number): bigint {
  const [whole = '0', fraction = ''] = usd.toFixed(PICO_DIGITS).split('.')
  return BigInt(whole + fraction.padEnd(PICO_DIGITS, '0'))
}

const DECIMAL = /^(\d+)(?:\.(\d{1,12}))?$/

/** The exact amount that a decimal of `decimalUsd` says; `undefined` for everything else. Amounts below 0 are none of ours. */
export function picoFromDecimal(usd: string): bigint | undefined {
  const [, whole, fraction = ''] = DECIMAL.exec(usd) ?? []
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(PICO_DIGITS, '0'))
}
