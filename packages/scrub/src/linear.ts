/** What a pattern gets to see: what people's patterns stumble over, each repeated to the length in question and ended by what matches nothing. */
const SEEDS = ['a', '1', ' ', 'a1', '1-', 'a.', '1 ', 'ab ', '-', '_', '.', 'a@', '\n', '"', '字', 'A', '0 a-']
const END = '\u0000!'

/** Lengths in small steps, so that exponential time is seen before it lasts for ever, and the milliseconds that each may take. */
const SHORT = Array.from({ length: 29 }, (_, step) => ({ length: 16 + 4 * step, mostMs: 10 }))

/** Lengths at which quadratic time shows: half a billion steps for the longest. Patterns of linear time need a few milliseconds there. */
const LONG = [2_048, 8_192, 32_768].map((length) => ({ length, mostMs: 200 }))

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
  for (const { length, mostMs } of [...SHORT, ...LONG]) {
    const text = seed.repeat(Math.ceil(length / seed.length)).slice(0, length) + END
    // A second measurement, as the first may have had the compilation in it.
    if (time(pattern, text) <= mostMs) continue
    const took = time(pattern, text)
    if (took > mostMs) return `takes ${Math.round(took)} ms for ${length} characters of ${JSON.stringify(seed)}`
  }
  return undefined
}

function time(pattern: RegExp, text: string): number {
  const start = processorMs()
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) if (match[0] === '') pattern.lastIndex++
  return processorMs() - start
}

/** Time of the processor where the runtime tells it: a busy machine is no fault of the pattern. */
function processorMs(): number {
  const runtime: { readonly process?: { readonly cpuUsage?: typeof process.cpuUsage } } = globalThis
  const user = runtime.process?.cpuUsage?.().user
  return user === undefined ? performance.now() : user / 1_000
}

/** Pieces of text that the pattern has in it, and one character of each of its classes: what it is slow on is close to what it matches. */
function spelledBy(pattern: RegExp): readonly string[] {
  const plain = pattern.source.replace(/\\d/g, '1').replace(/\\w/g, 'a').replace(/\\s/g, ' ').replace(/\\(.)/g, '$1')
  const words = plain.match(/[\p{L}\p{N}@:=_-]{1,32}/gu) ?? []
  return [...new Set(words)].slice(0, 12).flatMap((word) => [word, `${word} `])
}
