import { type ContentScrubber, warnOnce } from '@tokenmeter/meter'
import type { createScrubber, ScrubOptions, Scrubber } from '@tokenmeter/scrub'

/** Options of `createScrubber`, or whatever cleans texts in its place. */
export type ScrubberSetting = ScrubOptions | ContentScrubber

/** Is told how often each class was taken out of a text. */
export type CountRedactions = (dataClass: string, count: number) => void

type CreateScrubber = typeof createScrubber

/**
 * The scrubber of a setting. Ours is loaded when a call begins whose content is captured, because its patterns take some milliseconds to compile; but where
 * there are options that may be wrong, at once.
 *
 * @param count is told what it takes out; a scrubber of the operator's own does not say.
 * @returns `undefined` when the options are known not to be usable, which is said once: then nothing may be captured.
 */
export function contentScrubber(
  setting: ScrubberSetting | undefined,
  count: CountRedactions,
): ContentScrubber | undefined {
  if (setting && isScrubber(setting)) return setting
  const scrubber = new LateScrubber(setting ?? {}, count)
  return setting !== undefined && scrubber.prepare() === false ? undefined : scrubber
}

const isScrubber = (setting: ScrubberSetting): setting is ContentScrubber =>
  typeof (setting as Partial<ContentScrubber>).scrub === 'function'

let provide: (() => CreateScrubber) | undefined
let create: CreateScrubber | undefined
let loading: boolean | Promise<boolean> | undefined

/**
 * Spares a process that has `@tokenmeter/scrub` already, or will have it, from loading its other build as well.
 *
 * @param give hands out `createScrubber` of that copy, when it is needed.
 */
export function provideScrubber(give: () => CreateScrubber): void {
  provide = give
}

/** @returns whether there is one; a promise of that until it is loaded. */
function load(): boolean | Promise<boolean> {
  if (create) return true
  loading ??= provide ? take(provide) : importScrub()
  return loading
}

function importScrub(): Promise<boolean> {
  return import('@tokenmeter/scrub').then((scrub) => {
    create = scrub.createScrubber
    return true
  }, notLoaded)
}

function take(provided: () => CreateScrubber): boolean {
  try {
    create = provided()
    return true
  } catch (error) {
    return notLoaded(error)
  }
}

function notLoaded(error: unknown): false {
  say(`@tokenmeter/scrub cannot be loaded: ${String(error)}`)
  return false
}

const say = (problem: string): void => warnOnce('scrubber', `tokenmeter: scrubber: ${problem}; no content is captured`)

/** A scrubber of ours, made when it is prepared. Unprepared it throws, which withholds the text. */
class LateScrubber implements ContentScrubber {
  readonly recognise?: (text: string) => Promise<string>
  readonly #options: ScrubOptions
  readonly #count: CountRedactions
  #made: Scrubber | undefined
  #isUseless = false

  constructor(options: ScrubOptions, count: CountRedactions) {
    this.#options = options
    this.#count = count
    if (options.recognise) this.recognise = (text) => this.#recognise(text)
  }

  prepare(): boolean | Promise<boolean> {
    if (this.#made) return true
    if (this.#isUseless) return false
    const isLoaded = load()
    return typeof isLoaded === 'boolean' ? isLoaded && this.#make() : isLoaded.then((loaded) => loaded && this.#make())
  }

  scrub(text: string): string {
    const { text: clean, counts } = this.#scrubber().scrubWithCounts(text)
    this.#tell(counts)
    return clean
  }

  scrubJson(value: unknown): unknown {
    const { value: clean, counts } = this.#scrubber().scrubJsonWithCounts(value)
    this.#tell(counts)
    return clean
  }

  async #recognise(text: string): Promise<string> {
    const { text: clean, counts } = await this.#scrubber().scrubAsync(text)
    this.#tell(counts)
    return clean
  }

  /** Its problems are said once; they never quote a text. */
  #make(): boolean {
    try {
      this.#made ??= create?.({
        onProblem: ({ code, message }) => warnOnce(`scrubber ${code}`, `tokenmeter: ${message}`),
        ...this.#options,
      })
    } catch (error) {
      this.#isUseless = true
      say(error instanceof Error ? error.message : typeof error)
    }
    return !this.#isUseless
  }

  #scrubber(): Scrubber {
    if (this.#made) return this.#made
    throw new Error('the scrubber is not loaded')
  }

  #tell(counts: Readonly<Record<string, number>>): void {
    for (const [dataClass, number] of Object.entries(counts)) this.#count(dataClass, number)
  }
}
