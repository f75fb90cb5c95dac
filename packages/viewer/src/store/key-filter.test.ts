import { array, assert, maxSafeInteger, nat, property } from 'fast-check'
import { expect, test } from 'vitest'
import { KeyFilter } from './key-filter.ts'

const KEY = maxSafeInteger().map(Math.abs)

test('a filter has every key that was added, also after it was in a file', () => {
  assert(
    property(array(KEY), (keys) => {
      const filter = new KeyFilter()
      for (const key of keys) filter.add(key)
      const read = new KeyFilter(Uint8Array.from(filter.bits))
      expect(keys.filter((key) => !read.mayHave(key))).toEqual([])
    }),
  )
})

test('of keys that were not added, a full filter takes one in two hundred at most for one that was', () => {
  assert(
    property(nat(), (seed) => {
      const keys = randomKeys(seed, 32_768)
      const [added, others] = [keys.slice(0, 16_384), keys.slice(16_384)]
      const filter = new KeyFilter()
      for (const key of added) filter.add(key)
      expect(others.filter((key) => filter.mayHave(key)).length).toBeLessThan(16_384 / 200)
    }),
    { numRuns: 20 },
  )
})

/** Keys are hashes: as many bits of each as a number holds. (https://doi.org/10.18637/jss.v008.i14: xorshift) */
function randomKeys(seed: number, count: number): readonly number[] {
  let state = seed + 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  return Array.from({ length: count }, () => (next() >>> 11) * 2 ** 32 + next())
}
