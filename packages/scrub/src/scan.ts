import { type DataClass, type Finding } from './finding.ts'
import { type PlainText, plainText } from './plain-text.ts'

/** Takes note of a place in the plain text. */
export type Report = (start: number, end: number) => void

/** Knows one class of data. Its time grows no faster than the text. */
export interface Detector {
  readonly class: DataClass
  find(text: PlainText, report: Report): void
}

/** Finds places in the text as it was written: custom patterns, finders of the application. */
export interface OriginalDetector {
  find(text: string): readonly Finding[]
}

/** What a scan looks for. */
export interface Search {
  /** In the order of their rank. */
  readonly detectors: readonly Detector[]
  /** They come first: who writes a pattern knows better what it is. */
  readonly patterns: readonly OriginalDetector[]
  /** They come last. */
  readonly finders: readonly OriginalDetector[]
  isAllowed(value: string): boolean
}

/**
 * Finds everything that a search looks for, in order, without overlaps: of two findings that overlap, the one that is reported first stays. They are
 * not merged, so that what surrounds a value survives: the host of a URL whose credentials are found.
 *
 * @param onStep is called between steps of bounded time; it may throw to end the scan.
 */
export function scan(original: string, search: Search, onStep: () => void): Finding[] {
  const found: Finding[] = []
  let taken: Uint8Array | undefined
  const take = (finding: Finding): void => {
    const { start, end } = finding
    if (taken?.subarray(start, end).includes(1)) return
    if (search.isAllowed(original.slice(start, end))) return
    taken ??= new Uint8Array(original.length)
    taken.fill(1, start, end)
    found.push(finding)
  }
  const runAll = (detectors: readonly OriginalDetector[]): void => {
    for (const detector of detectors) {
      onStep()
      for (const finding of detector.find(original)) take(finding)
    }
  }
  runAll(search.patterns)
  onStep()
  const plain = plainText(original)
  for (const detector of search.detectors) {
    onStep()
    detector.find(plain, (start, end) =>
      take({ class: detector.class, start: plain.startOf(start), end: plain.endOf(end) }),
    )
  }
  runAll(search.finders)
  return found.sort((one, other) => one.start - other.start)
}
