import type { Finding } from './finding.ts'
import type { Finder } from './options.ts'

/** What is needed of `libphonenumber-js`, of any of its sets of metadata. */
export interface PhoneLibrary {
  /** Takes the options as its second argument: `{ defaultCountry, v2: true }`. */
  findPhoneNumbersInText(text: string, ...options: never[]): readonly PhoneInText[]
}

interface PhoneInText {
  readonly startsAt: number
  readonly endsAt: number
}

type FindIn = (text: string, options: object) => readonly PhoneInText[]

/**
 * A finder of phone numbers that uses `libphonenumber-js`, for countries whose national forms are not known here:
 * `createScrubber({ finders: [phonesBy(await import('libphonenumber-js'), 'BR')] })`. It takes numbers of other kinds for phone numbers more often than we do.
 *
 * @param library the module.
 * @param defaultCountry whose national forms to find, as ISO 3166 has it: `BR`. Without it only numbers that begin with `+` are found.
 */
export function phonesBy(library: PhoneLibrary, defaultCountry?: string): Finder {
  const find = library.findPhoneNumbersInText as FindIn
  const options = defaultCountry === undefined ? {} : { defaultCountry }
  return (text) =>
    find(text, options).map(({ startsAt, endsAt }): Finding => ({ class: 'phone', start: startsAt, end: endsAt }))
}
