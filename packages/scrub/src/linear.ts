/** What a pattern gets to see: what people's patterns stumble over, each repeated to the length in question and ended by what matches nothing. */
const SEEDS = ['a', '1', ' ', 'a1', '1-', 'a.', '1 ', 'ab ', '-', '_', '.', 'a@', '\n', '"', '字', 'A', '0 a-']
const END = '\u0000!'

/** Lengths that are measured: small steps at first, so that exponential time is seen before it lasts for ever; then quadratic time shows. */
const LENGTHS = [...Array.from({ length: 29 }, (_, step) => 16 + 4 * step), 256, 2_048, 16_384]

/** Milliseconds that the longest text may take: linear patterns need well below one. */
const MOST_MS = 25

/** Shorter than this nothing can be said about growth. */
const LEAST_MS = 4

/** Times as long a text eight times as long may take, before the pattern counts as slower than linear: quadratic ones take 64 times. */
const MOST_GROWTH = 24

/**
 * Measures whether the time of a pattern grows no faster than the text. It is run on texts of growing length, made of what the pattern itself spells and of
 * what patterns usually stumble over, and stopped at the first that takes too long.
 *
 * @throws TypeError that names the pattern and the text it is slow on.
 */
export function assertLinear(name: string, pattern: RegExp): void {
  const flags = [...new Set(`${pattern.flags.replace(/[gy]/g, '')}g`)].join('')
  const measured = new RegExp(pattern.source, flags)
  for (const seed of [...SEEDS, ...spelledBy(pattern)]) {
    const reason = slownessOn(seed, measured)
    if (reason) {
      throw new TypeError(
        `${name} must take time in proportion to the text; ${pattern} ${reason}. Bound its repetitions ({1,64} for +) and do not nest them.`,
      )
    }
  }
}

function slownessOn(seed: string, pattern: RegExp): string | undefined {
  let before = Infinity
  for (const length of LENGTHS) {
    const text = seed.repeat(Math.ceil(length / seed.length)).slice(0, length) + END
    const took = Math.min(time(pattern, text), time(pattern, text))
    const slow = took > MOST_MS || (took > LEAST_MS && took > before * MOST_GROWTH)
    if (slow) return `takes ${Math.round(took)} ms for ${length} characters of ${JSON.stringify(seed)}`
    before = took
  }
  return undefined
}

function time(pattern: RegExp, text: string): number {
  const start = performance.now()
  pattern.lastIndex = 0
  let left = text.length
  while (left-- > 0 && pattern.exec(text)) if (pattern.lastIndex === 0) break
  return performance.now() - start
}

/** Pieces of text that the pattern has in it, and one character of each of its classes: what it is slow on is close to what it matches. */
function spelledBy(pattern: RegExp): readonly string[] {
  const plain = pattern.source.replace(/\\d/g, '1').replace(/\\w/g, 'a').replace(/\\s/g, ' ').replace(/\\(.)/g, '$1')
  const words = plain.match(/[\p{L}\p{N}@:=_-]{1,32}/gu) ?? []
  return [...new Set(words)].slice(0, 12).flatMap((word) => [word, `${word} `])
}
