import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScrubber } from '../src/index.ts'
import { IDS, Random } from './ids.ts'

const { scrub } = createScrubber({ timeBudgetMs: Infinity })

/** What ids stand in. */
const SENTENCES: readonly ((id: string) => string)[] = [
  (id) => id,
  (id) => `id=${id}`,
  (id) => `{"id":"${id}","n":1}`,
  (id) => `see ${id}, please`,
  (id) => `编号${id}的请求`,
  (id) => `[${id}] GET /v1/models 200`,
]

const RUNS = Math.ceil(100_000 / Object.keys(IDS).length)

describe('of 100,000 generated ids none is changed', () => {
  test.each(Object.entries(IDS))('%s', (_, make) => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(...SENTENCES), (seed, sentence) => {
        const text = sentence(make(new Random(seed)))
        expect(scrub(text)).toBe(text)
      }),
      { numRuns: RUNS, seed: 20_261_127 },
    )
  })
})
