/** Digits in groups: `12,743`. */
const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const times = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** Written where nobody said. */
export const UNKNOWN = '–'

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : counts.format(value)
}

/** `1 error`, `12 errors`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** Less than a dollar in five digits that say something: `$0.0067975`. */
export function usd(exact: string | null | undefined): string {
  if (exact === null || exact === undefined) return UNKNOWN
  const value = Number(exact)
  const digits = value >= 1 ? { minimumFractionDigits: 2, maximumFractionDigits: 4 } : { maximumSignificantDigits: 5 }
  return `$${value.toLocaleString('en', digits)}`
}

export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN
  if (value < 0.001) return `${(value * 1e6).toFixed(0)} µs`
  if (value < 1) return `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms`
  return value < 60 ? `${value.toFixed(2)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  return value < 1024 ** 2 ? `${(value / 1024).toFixed(1)} kB` : `${(value / 1024 ** 2).toFixed(1)} MB`
}

export function time(ms: number): string {
  return times.format(ms)
}

export function dateTime(ms: number): string {
  return dates.format(ms)
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? UNKNOWN : `${((100 * part) / whole).toFixed(1)} %`
}
