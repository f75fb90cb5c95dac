/** A day as a calendar on the wall shows it. Months count from 1. */
interface LocalDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

const DAY_MS = 86_400_000
/** No zone is, or was, further from UTC: the widest in the IANA database are -15:56 and +15:13, local mean times of the 19th century. */
const FURTHEST_MS = 16 * 3_600_000

/** Formatters cost a tenth of a millisecond to make, and there are few zones. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    })
    formatters.set(timeZone, formatter)
  }
  return formatter
}

/** Whether the platform knows this IANA name. */
export function isTimeZone(name: unknown): name is string {
  try {
    return typeof name === 'string' && formatterOf(name) !== undefined
  } catch {
    return false
  }
}

function dateAt(at: number, timeZone: string): LocalDate {
  const date = { year: 0, month: 0, day: 0 }
  for (const { type, value } of formatterOf(timeZone).formatToParts(at)) {
    if (type === 'year' || type === 'month' || type === 'day') date[type] = Number(value)
  }
  return date
}

/** When the local day began that is under way at `at`: milliseconds since the epoch. Where a clock change skips midnight, that is the change. */
export function startOfDay(at: number, timeZone: string): number {
  return firstInstantOf(dateAt(at, timeZone), timeZone)
}

/** When that day ends, which may be 23 or 25 hours after it began. */
export function startOfNextDay(at: number, timeZone: string): number {
  const { year, month, day } = dateAt(at, timeZone)
  return firstInstantOf({ year, month, day: day + 1 }, timeZone)
}

/** When the local month began that is under way at `at`. */
export function startOfMonth(at: number, timeZone: string): number {
  const { year, month } = dateAt(at, timeZone)
  return firstInstantOf({ year, month, day: 1 }, timeZone)
}

/** When that month ends. */
export function startOfNextMonth(at: number, timeZone: string): number {
  const { year, month } = dateAt(at, timeZone)
  return firstInstantOf({ year, month: month + 1, day: 1 }, timeZone)
}

/**
 * Finds by halving the first instant at which the zone's calendar shows `date`, or a later day where the zone skipped that one (Samoa, 2011). The offset
 * is not calculated with: around clock changes there is more than one.
 *
 * @param date may lie beyond the end of its month or year.
 */
function firstInstantOf({ year, month, day }: LocalDate, timeZone: string): number {
  const wanted = Date.UTC(year, month - 1, day)
  let before = wanted - FURTHEST_MS
  let from = wanted + FURTHEST_MS + DAY_MS
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2)
    const shown = dateAt(middle, timeZone)
    if (Date.UTC(shown.year, shown.month - 1, shown.day) >= wanted) from = middle
    else before = middle
  }
  return from
}
