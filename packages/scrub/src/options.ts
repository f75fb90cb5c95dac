import type { DataClass, Finding } from './finding.ts'

/**
 * What stands in place of a finding.
 *
 * - `label`: its class, `[EMAIL]`.
 * - `mask`: `*` for each letter and digit, with the last four kept where people know a number by them (cards, IBANs, phones, SSNs, ids). Secrets become
 *   eight `*` whatever their length.
 * - `pseudonym`: its class and a keyed hash, `[EMAIL:nfkgajopbcmaheld]`. The same value has the same pseudonym in every text scrubbed with the same key,
 *   however it is written (`+1 415 555 0123`, `+14155550123`).
 */
export type Replacement =
  | 'label'
  | 'mask'
  | {
      readonly style: 'pseudonym'
      /** The key of the HMAC, at least 16 bytes; a text counts in UTF-8. Whoever has it can find out which value a pseudonym stands for. */
      readonly key: string | Uint8Array
    }

/** A pattern of one's own. */
export interface CustomPattern {
  /** Names the class: lower-case letters, digits and `_`. `employee_id` becomes `[EMPLOYEE_ID]`. */
  readonly name: string
  /** What to find. Its time must grow no faster than the text does, which is measured when it is registered. Flags but `i`, `u`, `v`, `s` and `m` are ignored. */
  readonly pattern: RegExp
  /** Has the last word on what the pattern matched, for instance by a checksum. When it throws, the text is withheld. */
  readonly validate?: (match: string) => boolean
}

/** A problem that the scrubber dealt with by itself, by withholding the text. It is told of once for each code. */
export interface ScrubProblem {
  /**
   * - `exception`: something threw; ours, a custom pattern's `validate`, a getter of the value.
   * - `time_budget`: the text took longer than `timeBudgetMs`.
   * - `recogniser`: the recogniser threw, was late, or answered with places that are not in the text.
   */
  readonly code: 'exception' | 'time_budget' | 'recogniser'
  /** One sentence, which never quotes the text. */
  readonly message: string
}

/** Finds more in a text than patterns can: names, addresses. Offsets are as in {@link Finding}. */
export type Recognise = (text: string) => Promise<readonly Finding[]>

/** A function that finds places in a text, such as {@link phonesBy} makes. */
export type Finder = (text: string) => readonly Finding[]

/** Settings of a scrubber. All may be left out; a wrong one is a `TypeError` that names it when the scrubber is made. */
export interface ScrubOptions {
  /** Classes to switch off (`false`); all are on. */
  readonly classes?: Readonly<Partial<Record<DataClass, boolean>>>
  /** `label` by default. */
  readonly replacement?: Replacement
  /** Values that may stay: exact texts, and patterns that must match the whole value. Patterns are measured as custom ones are. */
  readonly allow?: readonly (string | RegExp)[]
  /**
   * Keys of JSON whose values go unread, in addition to {@link DENIED_KEYS}. Case, `_` and `-` do not matter. In texts that hold JSON they are found as well.
   */
  readonly denyKeys?: readonly string[]
  readonly patterns?: readonly CustomPattern[]
  /** More finders, asked after everything else. */
  readonly finders?: readonly Finder[]
  /** Used by `scrubAsync` only. */
  readonly recognise?: Recognise
  /** How long `recognise` may take for a text, in milliseconds; 2000 by default. */
  readonly recogniseTimeoutMs?: number
  /** How long a text (for `scrubJson`: a value) may take, in milliseconds, before it is withheld; 500 by default. `Infinity` is none.
   * It has a second chance, because a machine that stands still is no fault of the text. */
  readonly timeBudgetMs?: number
  /** Is told of each kind of problem once. What it throws is swallowed. */
  readonly onProblem?: (problem: ScrubProblem) => void
}
