import { UsageError } from '../command.ts'

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Milliseconds of a time as people write it: `90m`, `12h`, `7d`.
 *
 * @param name where it was written, for the error.
 * @throws UsageError when it is none.
 */
export function durationOf(text: string, name: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? []
  if (number === undefined || unit === undefined || Number(number) === 0) {
    throw new UsageError(`${name} must be a time like 90m, 12h or 7d, got ${JSON.stringify(text)}`)
  }
  return Number(number) * (UNITS_MS[unit] ?? 0)
}
