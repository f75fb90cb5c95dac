import { startOfDay, startOfMonth, startOfNextDay, startOfNextMonth } from './local-calendar.ts'

/** What a budget is for: a day or a month of the calendar, or the last hours or days: `24h`, `7d`. */
export type Period = 'day' | 'month' | `${number}h` | `${number}d`

/** What `createPeriod` takes, to end the sentence "must be …". */
export const PERIOD_FORM = '"day", "month", or a window of up to 31 days such as "24h" or "7d"'

/** Where spending counts, and for how long. All times are milliseconds since the epoch. */
export interface PeriodClock {
  readonly period: Period
  /** Spending is kept in slices; a slice is known by when it begins. */
  sliceOf(at: number): number
  /** The beginning of the oldest slice that still counts at `now`. */
  oldestSlice(now: number): number
  /** Whether everything starts anew at once, as with a new day; else one slice after the other is forgotten. */
  readonly startsAnew: boolean
  /** When the period began that is under way at `now`, and when it ends; a window has no end. */
  bounds(now: number): { readonly start: number; readonly end: number | undefined }
}

const HOUR_MS = 3_600_000
const MOST_HOURS = 31 * 24
/** A window moves in sixty steps: finer ones would make every record of it larger. */
const SLICES = 60

/**
 * @param timeZone IANA name of the zone in which days and months begin.
 * @returns `undefined` when `period` is none.
 */
export function createPeriod(period: unknown, timeZone: string): PeriodClock | undefined {
  if (period === 'day') return calendar(period, timeZone, startOfDay, startOfNextDay)
  if (period === 'month') return calendar(period, timeZone, startOfMonth, startOfNextMonth)
  const [, count, unit] = (typeof period === 'string' && /^([1-9]\d{0,2})([hd])$/.exec(period)) || []
  const hours = Number(count) * (unit === 'd' ? 24 : 1)
  return hours <= MOST_HOURS ? rolling(period as Period, hours * HOUR_MS) : undefined
}

type StartOf = (at: number, timeZone: string) => number

function calendar(period: Period, timeZone: string, startOf: StartOf, startOfNext: StartOf): PeriodClock {
  let known = { start: 0, end: 0 }
  const boundsOf = (at: number): { readonly start: number; readonly end: number } => {
    if (at >= known.start && at < known.end) return known
    return (known = { start: startOf(at, timeZone), end: startOfNext(at, timeZone) })
  }
  const start = (at: number): number => boundsOf(at).start
  return { period, sliceOf: start, oldestSlice: start, startsAnew: true, bounds: boundsOf }
}

function rolling(period: Period, lengthMs: number): PeriodClock {
  const step = lengthMs / SLICES
  const sliceOf = (at: number): number => Math.floor(at / step) * step
  return {
    period,
    sliceOf,
    // The slice that the window has half left counts whole: a limit holds rather too early than too late.
    oldestSlice: (now) => sliceOf(now - lengthMs),
    startsAnew: false,
    bounds: (now) => ({ start: now - lengthMs, end: undefined }),
  }
}
