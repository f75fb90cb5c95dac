import { reportPrivately } from '../guard.ts'
import type { ContentScrubber } from './options.ts'
import { TRUNCATED } from './json-size.ts'

/** Stands for what could not be made clean, so that it did not leave. */
export const WITHHELD = '[withheld: scrubbing failed]'
/** Stands for what would have taken too long to make clean. */
const WITHHELD_LATE = '[withheld: scrubbing took too long]'

/**
 * Read beyond a cut and then dropped, in UTF-16 units: what is cut in two there may be a secret that nobody can tell any more. Longer than a PEM block
 * of RSA 4096, the longest there is.
 */
export const SCRUB_MARGIN = 4096

const WORD = /^[a-z_]{1,32}$/

/** Whether a text is a word of the API's, such as a role or a finish reason, which is nobody's. */
export const isWord = (text: unknown): boolean => typeof text === 'string' && WORD.test(text)

/** Whether a field says of what kind an object is: then its word must stay. */
export const isKind = (key: string, value: unknown): boolean =>
  (key === 'type' || key === 'generic_type') && isWord(value)

/** How many times the budget of one text a whole call may take. */
const CALL_BUDGETS = 4

/** Makes the texts of one call clean, within its time. Fails closed: what throws, or takes too long, is withheld. */
export class TextCleaner {
  readonly #scrubber: ContentScrubber
  readonly #budgetMs: number
  #leftMs: number

  constructor(scrubber: ContentScrubber, budgetMs: number) {
    this.#scrubber = scrubber
    this.#budgetMs = budgetMs
    this.#leftMs = budgetMs * CALL_BUDGETS
  }

  /** A whole text. */
  text(text: string): string {
    const clean = this.#timed(() => this.#scrubber.scrub(text))
    return typeof clean === 'string' ? clean : WITHHELD
  }

  /** The beginning of a text of which no more than `units` will be kept. It is made clean before it is cut; what is not much longer stays whole. */
  beginning(text: string, units: number): string {
    if (text.length <= units + SCRUB_MARGIN) return this.text(text)
    const clean = this.text(text.slice(0, units + SCRUB_MARGIN))
    return clean.slice(0, Math.max(0, Math.min(units, clean.length - SCRUB_MARGIN))) + TRUNCATED
  }

  /** All texts within plain JSON; what holds them is as it was, or withheld as a whole. */
  json(value: unknown): unknown {
    return this.#scrubber.scrubJson ? this.#timed(() => this.#scrubber.scrubJson?.(value)) : this.#each(value)
  }

  #each(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map((item) => this.#each(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, isKind(key, item) ? item : this.#each(item)]),
    )
  }

  #timed(run: () => unknown): unknown {
    if (this.#leftMs <= 0) return WITHHELD_LATE
    const start = performance.now()
    try {
      const result = run()
      return performance.now() - start > this.#budgetMs ? WITHHELD_LATE : result
    } catch (error) {
      reportPrivately('scrubbing', error)
      return WITHHELD
    } finally {
      this.#leftMs -= performance.now() - start
    }
  }
}
