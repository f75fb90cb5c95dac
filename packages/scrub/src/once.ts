import type { Finding } from './finding.ts'
import type { ScrubOptions } from './options.ts'
import { createScrubber, type Scrubber } from './scrubber.ts'

/** Scrubbers by their options: making one measures patterns. */
const scrubbers = new WeakMap<ScrubOptions, Scrubber>()
const DEFAULTS: ScrubOptions = {}

function scrubberFor(options: ScrubOptions): Scrubber {
  let scrubber = scrubbers.get(options)
  if (!scrubber) scrubbers.set(options, (scrubber = createScrubber(options)))
  return scrubber
}

/**
 * The text with personal data and secrets replaced. `createScrubber` says what options there are; keep the object of options, or a scrubber, for many texts.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function scrub(text: string, options: ScrubOptions = DEFAULTS): string {
  return scrubberFor(options).scrub(text)
}

/**
 * The places of personal data and secrets in a text.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function findings(text: string, options: ScrubOptions = DEFAULTS): readonly Finding[] {
  return scrubberFor(options).findings(text)
}

/**
 * The value of JSON with personal data and secrets replaced.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function scrubJson<T>(value: T, options: ScrubOptions = DEFAULTS): T {
  return scrubberFor(options).scrubJson(value)
}
