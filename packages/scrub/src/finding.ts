/**
 * What is found without being taught, the surest first: where two findings overlap, the class that stands earlier here wins. `secret` is what follows a key
 * word such as `password`; `api_key` is told by its own shape.
 */
export const DATA_CLASSES = [
  'private_key',
  'jwt',
  'api_key',
  'url_credential',
  'secret',
  'iban',
  'cn_resident_id',
  'email',
  'card',
  'us_ssn',
  'birth_date',
  'passport',
  'mac_address',
  'ipv6',
  'ipv4',
  'phone',
] as const

/** A class of data that is found without being taught. */
export type DataClass = (typeof DATA_CLASSES)[number]

/** The class of whatever stands under a deny-listed key of JSON. */
export const DENIED_KEY = 'denied_key'

/**
 * A place in a text. The value itself is never part of it.
 */
export interface Finding {
  /** A {@link DataClass}, {@link DENIED_KEY}, the name of a custom pattern or what a recogniser calls it. */
  readonly class: string
  /** Where it begins, in UTF-16 code units as `String.prototype.slice` counts. */
  readonly start: number
  /** Where it has ended: the first unit that is no longer part of it. */
  readonly end: number
}
