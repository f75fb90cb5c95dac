import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SCENARIOS } from './harmless/scenarios/index.ts'
import { MATRIX } from './matrix.ts'

/** Rows about prices (4, 4b) and content (31, 31b, 32) are proven where those are made. */
const ROWS =
  '1 2 3 5 5b 6 7 8 8b 9 9b 10 11 12 13 13b 13c 14 15 16 16b 17 18 19 20 20b 21 21b 21c 22 22b 23 24 25 26 27 28 29 30 33 34 35 36 36b 37 38 39'

const scenarios = new Set(SCENARIOS.map(({ name }) => name))

function exists(proof: string): boolean {
  const [, where = '', title = ''] = /^(.*?): (.*)$/.exec(proof) ?? []
  if (where === 'scenario') return scenarios.has(title)
  const source = readFileSync(new URL(`../${where}`, import.meta.url), 'utf8')
  return source.includes(`'${title}'`) || source.includes(`"${title}"`)
}

test('every row of the matrix is there', () => {
  expect(MATRIX.map(({ row }) => row).join(' ')).toBe(ROWS)
})

test.each(MATRIX)('$row, $demand, is proven by tests that exist', ({ provedBy }) => {
  expect(provedBy.length).toBeGreaterThan(0)
  expect(provedBy.filter((proof) => !exists(proof))).toEqual([])
})
