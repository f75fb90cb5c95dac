import { createScrubber } from '../src/index.ts'
import { readCorpus } from './corpus/corpus.ts'
import { HOSTILE, hostileText } from './hostile.ts'

/** Prints how fast texts are read, and the hostile ones that take longest. Run it on a machine that does nothing else. */
const { scrub } = createScrubber({ timeBudgetMs: Infinity })

function bestOf(runs: number, text: string): number {
  let best = Infinity
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    scrub(text)
    best = Math.min(best, performance.now() - start)
  }
  return best
}

/** Prose of the kind that people send to models: mostly words, some numbers, a thing to find every few thousand characters. */
const PARAGRAPH =
  'The committee met on Tuesday to look at the figures for the third quarter. Revenue grew by 4.2 % to 1,234,567 euros, while costs stayed where they had been ' +
  'since the spring; nobody expected that. It was agreed that the next release (2.14.0) should wait until the tests on the new servers are through, and that the ' +
  'password policy needs another look before the audit in November. "We are in no hurry," said the chair, "but we should not be late either."\n\n'

function prose(length: number): string {
  const finds = readCorpus().filter(({ entities }) => entities.length > 0)
  let text = ''
  for (let part = 0; text.length < length; part++) text += PARAGRAPH.repeat(6) + `${finds[part % finds.length]?.text}\n`
  return text.slice(0, length)
}

for (const [name, length, runs] of [
  ['2 kB', 2_000, 200],
  ['200 kB', 200_000, 20],
  ['1 MB', 1_000_000, 10],
] as const) {
  const took = bestOf(runs, prose(length))
  console.log(`${name} of prose: ${took.toFixed(2)} ms, ${(length / 1_000 / took).toFixed(1)} MB/s`)
}

const slowest = Object.entries(HOSTILE)
  .map(([name, seed]) => {
    const long = bestOf(5, `${hostileText(seed, 100_000)}!`)
    return { name, long, growth: long / bestOf(5, `${hostileText(seed, 50_000)}!`) }
  })
  .sort((one, other) => other.long - one.long)
console.log(`\n100 kB of each of ${slowest.length} hostile texts, the slowest ones, and how much longer than 50 kB:`)
for (const { name, long, growth } of slowest.slice(0, 12)) {
  console.log(`${name.padEnd(32)} ${long.toFixed(1).padStart(7)} ms  × ${growth.toFixed(2)}`)
}
