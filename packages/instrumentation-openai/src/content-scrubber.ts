import { type ContentScrubber, warnOnce } from '@tokenmeter/meter'
import { createScrubber, type ScrubOptions, type Scrubber } from '@tokenmeter/scrub'

/** Options of `createScrubber`, or whatever cleans texts in its place. */
export type ScrubberSetting = ScrubOptions | ContentScrubber

/** Is told how often each class was taken out of a text. */
export type CountRedactions = (dataClass: string, count: number) => void

/**
 * The scrubber of a setting. One of ours is made when it is first needed, because its patterns take some milliseconds to compile; but where there are
 * options that may be wrong, at once.
 *
 * @param count is told what it takes out; a scrubber of the operator's own does not say.
 * @returns `undefined` when the options cannot be used, which is said once: then nothing may be captured.
 */
export function contentScrubber(
  setting: ScrubberSetting | undefined,
  count: CountRedactions,
): ContentScrubber | undefined {
  if (setting && isScrubber(setting)) return setting
  try {
    return setting === undefined ? counting(() => create({}), count) : made(setting, count)
  } catch (error) {
    const why = error instanceof Error ? error.message : typeof error
    warnOnce('scrubber', `tokenmeter: scrubber: ${why}; no content is captured`)
    return undefined
  }
}

const isScrubber = (setting: ScrubberSetting): setting is ContentScrubber =>
  typeof (setting as Partial<ContentScrubber>).scrub === 'function'

/** A scrubber whose problems are said once; they never quote a text. */
function create(options: ScrubOptions): Scrubber {
  return createScrubber({
    onProblem: ({ code, message }) => warnOnce(`scrubber ${code}`, `tokenmeter: ${message}`),
    ...options,
  })
}

function made(options: ScrubOptions, count: CountRedactions): ContentScrubber {
  const scrubber = create(options)
  return {
    ...counting(() => scrubber, count),
    ...(options.recognise && { recognise: recognising(scrubber, count) }),
  }
}

function counting(make: () => Scrubber, count: CountRedactions): ContentScrubber {
  let scrubber: Scrubber | undefined
  const get = (): Scrubber => (scrubber ??= make())
  return {
    scrub(text) {
      const { text: clean, counts } = get().scrubWithCounts(text)
      each(counts, count)
      return clean
    },
    scrubJson(value) {
      const { value: clean, counts } = get().scrubJsonWithCounts(value)
      each(counts, count)
      return clean
    },
  }
}

const recognising =
  (scrubber: Scrubber, count: CountRedactions) =>
  async (text: string): Promise<string> => {
    const { text: clean, counts } = await scrubber.scrubAsync(text)
    each(counts, count)
    return clean
  }

function each(counts: Readonly<Record<string, number>>, count: CountRedactions): void {
  for (const [dataClass, number] of Object.entries(counts)) count(dataClass, number)
}
