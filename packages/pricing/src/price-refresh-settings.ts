import { FieldReader, type Kind, text } from '@tokenmeter/meter'

/** Where new prices come from while a process runs, and how often. One of `url` and `file` is needed. */
export interface PriceRefreshSettings {
  /** Address of a JSON file of prices: `https:`, or `http:` on this machine. What it has of credentials is sent, and never said. */
  readonly url?: string
  /** Path of such a file, which something else keeps up to date. */
  readonly file?: string
  /** Hours between one refresh and the next, 24 by default. */
  readonly everyHours?: number
  /** Milliseconds that reading may take, 10,000 by default. */
  readonly timeoutMs?: number
  /** Most bytes of the file, 1 MiB by default. Reading that much takes some 20 ms of the event loop. */
  readonly maxBytes?: number
}

/** Settings that have been checked. */
export interface PriceRefreshPlan {
  readonly source: URL | string
  /** What messages and price sources call it: without credentials, which are in the query of an address as often as in front of its host. */
  readonly origin: string
  readonly everyMs: number
  readonly timeoutMs: number
  readonly maxBytes: number
}

/** What `readPriceRefresh` takes, to end the sentence "must be …". */
export const PRICE_REFRESH_FORM: string =
  '{ url: "https://prices.example.com/prices.json", everyHours: 24, timeoutMs: 10000, maxBytes: 1048576 }, or with file instead of url; ' +
  'all but one of these two may be left out'

const HOUR_MS = 3_600_000
const DEFAULT_EVERY_HOURS = 24
const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_MAX_BYTES = 1024 * 1024
/** Timers take 2³¹ ms, 596 hours. */
const MOST_HOURS = 500
const MOST_TIMEOUT_MS = 300_000
const MOST_MAX_BYTES = 16 * DEFAULT_MAX_BYTES

function number(expected: string, isFine: (number: number) => boolean): Kind<number> {
  return {
    expected,
    parse: (value) => {
      const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      return typeof read === 'number' && isFine(read) ? read : undefined
    },
  }
}

const hours = number(
  `a number of hours above 0, ${MOST_HOURS} at most`,
  (value) => value * HOUR_MS >= 1 && value <= MOST_HOURS,
)
const milliseconds = number(
  `a whole number of milliseconds from 1 to ${MOST_TIMEOUT_MS}`,
  (value) => Number.isInteger(value) && value >= 1 && value <= MOST_TIMEOUT_MS,
)
const bytes = number(
  `a whole number of bytes from 1 to ${MOST_MAX_BYTES}`,
  (value) => Number.isInteger(value) && value >= 1 && value <= MOST_MAX_BYTES,
)

/**
 * Reads where new prices come from, as a person wrote it.
 *
 * @param path what messages call it: `priceRefresh`.
 * @throws TypeError naming every field that is wrong; an address is never quoted.
 */
export function readPriceRefresh(value: unknown, path: string): PriceRefreshPlan {
  // Not quoted: it may be an address.
  if (typeof value !== 'object') throw new TypeError(`${path} must be ${PRICE_REFRESH_FORM}`)
  const reader = new FieldReader()
  const fields = reader.object(path, value, ['url', 'file', 'everyHours', 'timeoutMs', 'maxBytes']) ?? {}
  const url = fields['url'] === undefined ? undefined : readAddress(reader, `${path}.url`, fields['url'])
  const file = reader.optional(`${path}.file`, fields['file'], text)
  const everyHours = reader.optional(`${path}.everyHours`, fields['everyHours'], hours) ?? DEFAULT_EVERY_HOURS
  const timeoutMs = reader.optional(`${path}.timeoutMs`, fields['timeoutMs'], milliseconds) ?? DEFAULT_TIMEOUT_MS
  const maxBytes = reader.optional(`${path}.maxBytes`, fields['maxBytes'], bytes) ?? DEFAULT_MAX_BYTES
  if ((fields['url'] === undefined) === (fields['file'] === undefined)) {
    reader.problems.push(`${path} must have either url or file`)
  }
  const source = url ?? file
  if (reader.problems.length > 0 || source === undefined) throw new TypeError(reader.problems.join('; '))
  const origin = typeof source === 'string' ? source : `${source.origin}${source.pathname}`
  return { source, origin, everyMs: Math.round(everyHours * HOUR_MS), timeoutMs, maxBytes }
}

function readAddress(reader: FieldReader, path: string, value: unknown): URL | undefined {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname)))) return url
  reader.problems.push(
    `${path} must be an address that begins with https://, or with http:// and a host that is this machine`,
  )
  return undefined
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
