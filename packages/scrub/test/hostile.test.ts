import { describe, expect, test } from 'vitest'
import { createScrubber } from '../src/index.ts'
import { HOSTILE, hostileText } from './hostile.ts'

const { scrub } = createScrubber({ timeBudgetMs: Infinity, denyKeys: ['iban_holder'] })

/** Doubled so often, from so many characters. */
const DOUBLINGS = 3
const LEAST = 25_000

/** Times as long that a text twice as long may take. */
const MOST_PER_DOUBLING = 2.6

/** Milliseconds of processor time below which the clock is too coarse. */
const COARSE = 8

/** Of this thread alone: what else the machine does is not counted. The best of several runs, as garbage is collected in some. */
function processorTime(text: string): number {
  const took = Array.from({ length: 3 }, () => {
    const before = process.threadCpuUsage().user
    scrub(text)
    return (process.threadCpuUsage().user - before) / 1000
  })
  return Math.min(...took)
}

describe('the time of a scan grows no faster than the text', () => {
  test.each(Object.entries(HOSTILE))('%s', (_, seed) => {
    const long = processorTime(`${hostileText(seed, LEAST * 2 ** DOUBLINGS)}!`)
    const short = processorTime(`${hostileText(seed, LEAST)}!`)

    expect(long).toBeLessThanOrEqual(Math.max(COARSE, short) * MOST_PER_DOUBLING ** DOUBLINGS)
  })
})
