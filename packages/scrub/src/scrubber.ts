import type { Finding } from './finding.ts'
import { type JsonScan, scrubValue } from './json.ts'
import type { ScrubOptions, ScrubProblem } from './options.ts'
import { recognised } from './recogniser.ts'
import { replaceAll } from './replace-all.ts'
import { labelOf } from './replacement.ts'
import { scan } from './scan.ts'
import { readSettings } from './settings.ts'

/** The class of a text that could not be looked through; all of it is the finding. */
const FAILED = 'scrub_failed'

/** Stands in place of a text, or a whole value, that could not be looked through: something threw or took too long. Nothing of it is let through then. */
export const SCRUB_FAILED: string = labelOf(FAILED)

/** How often each class was replaced, by its name; classes without findings are absent. `scrub_failed` counts texts that were withheld. */
export type Counts = Readonly<Record<string, number>>

/** Cleans texts with one set of options. Its functions never throw and may be passed around. */
export interface Scrubber {
  /** The text with everything that was found replaced. {@link SCRUB_FAILED} if it could not be looked through. */
  scrub(text: string): string
  /** The same, and how often each class was replaced. */
  scrubWithCounts(text: string): { readonly text: string; readonly counts: Counts }
  /** The places, in order, none overlapping another. A text that could not be looked through is one finding of class `scrub_failed`. */
  findings(text: string): readonly Finding[]
  /**
   * A value of JSON with all its strings and keys cleaned, and what stands under deny-listed keys replaced unread by `[DENIED_KEY]`. The value given is not
   * changed; what has nothing to replace is not copied. Keys are context: the digits of `{ phone: '4155550123' }` are a phone number.
   */
  scrubJson<T>(value: T): T
  /** The same, and how often each class was replaced. */
  scrubJsonWithCounts<T>(value: T): { readonly value: T; readonly counts: Counts }
  /**
   * As `scrubWithCounts`; then `recognise` reads what is left (it never sees what patterns find), and what it names is replaced, too. If it fails, or is late, the
   * text is withheld.
   */
  scrubAsync(text: string): Promise<{ readonly text: string; readonly counts: Counts }>
}

/**
 * Makes a scrubber. Patterns are compiled and measured here, once: keep it.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function createScrubber(options: ScrubOptions = {}): Scrubber {
  const settings = readSettings(options)
  const report = onceForEachCode(settings.onProblem)

  /** Runs `look` within the time budget; what it throws is told of, and the answer is `withheld`. */
  function guarded<T>(look: (onStep: () => void) => T, withheld: T): T {
    const inTime = (): T => {
      const deadline = performance.now() + settings.timeBudgetMs
      return look(() => {
        if (performance.now() > deadline) throw new OverBudget()
      })
    }
    try {
      try {
        return inTime()
      } catch (error) {
        // It may have been the machine that stood still, not the text that is long.
        if (error instanceof OverBudget) return inTime()
        throw error
      }
    } catch (error) {
      report(
        error instanceof OverBudget
          ? { code: 'time_budget', message: `A text took more than ${settings.timeBudgetMs} ms and was withheld.` }
          : { code: 'exception', message: `A text was withheld, because looking through it threw ${nameOf(error)}.` },
      )
      return withheld
    }
  }

  const findings = (text: string): readonly Finding[] =>
    guarded(
      (onStep) => scan(text, settings.search, onStep),
      [{ class: FAILED, start: 0, end: typeof text === 'string' ? text.length : 0 }],
    )

  const scrubWithCounts: Scrubber['scrubWithCounts'] = (text) =>
    guarded((onStep) => replaceAll(text, scan(text, settings.search, onStep), settings.replace), withheldText())

  const scrubJsonWithCounts: Scrubber['scrubJsonWithCounts'] = <T>(value: T) =>
    guarded<{ value: T; counts: Counts }>(
      (onStep) => {
        const scanned: JsonScan = { settings, onStep, counts: {} }
        return { value: scrubValue(value, scanned) as T, counts: scanned.counts }
      },
      { value: SCRUB_FAILED as T, counts: { [FAILED]: 1 } },
    )

  return Object.freeze({
    findings,
    scrubWithCounts,
    scrubJsonWithCounts,
    scrub: (text) => scrubWithCounts(text).text,
    scrubJson: (value) => scrubJsonWithCounts(value).value,
    scrubAsync: async (text) => {
      const cleaned = scrubWithCounts(text)
      if (!settings.recognise || FAILED in cleaned.counts) return cleaned
      try {
        const more = await recognised(cleaned.text, settings.recognise, settings.recogniseTimeoutMs)
        const { text: named, counts } = replaceAll(cleaned.text, more, settings.replace)
        return { text: named, counts: sum(cleaned.counts, counts) }
      } catch (error) {
        report({ code: 'recogniser', message: `A text was withheld, because the recogniser failed: ${nameOf(error)}.` })
        return withheldText()
      }
    },
  } satisfies Scrubber)
}

class OverBudget extends Error {}

function withheldText(): { text: string; counts: Counts } {
  return { text: SCRUB_FAILED, counts: { [FAILED]: 1 } }
}

/** The class only: messages of errors may quote what they choked on. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error
}

function sum(one: Counts, other: Counts): Counts {
  const total: Record<string, number> = { ...one }
  for (const [name, count] of Object.entries(other)) total[name] = (total[name] ?? 0) + count
  return total
}

function onceForEachCode(onProblem: ((problem: ScrubProblem) => void) | undefined): (problem: ScrubProblem) => void {
  const told = new Set<string>()
  return (problem) => {
    if (!onProblem || told.has(problem.code)) return
    told.add(problem.code)
    try {
      onProblem(problem)
    } catch {
      // Who listens must not be able to stop the scrubbing.
    }
  }
}
