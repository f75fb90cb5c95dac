import * as fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { tokensOfCharacters } from './characters.ts'

/** A paragraph in each of several scripts, written for this test. */
const TEXTS = {
  English:
    'The weather in Berlin is mild today, with a light wind from the west and a small chance of rain in the evening. Take a jacket if you plan to stay out late, and enjoy the sunshine while it lasts.',
  German:
    'Das Wetter in Berlin ist heute mild, mit leichtem Wind aus Westen und etwas Regen am Abend. Nehmen Sie eine Jacke mit, wenn Sie lange draußen bleiben möchten.',
  Chinese:
    '今天柏林的天气很温和,西风较小,晚上可能会下一点雨。如果你打算在外面待到很晚,请带上一件外套,趁着阳光还在好好享受。',
  Japanese:
    '今日のベルリンの天気は穏やかで、西からの弱い風があり、夜には少し雨が降るかもしれません。遅くまで外にいるなら上着を持って行ってください。',
  code: 'export function sum(values: readonly number[]): number {\n  let total = 0\n  for (const value of values) total += value\n  return total\n}\n',
} as const

describe.each(Object.entries(TEXTS))('%s', (_, text) => {
  test('is estimated within a quarter of what the tokenizer counts', () => {
    const exact = countTokens(text)
    expect(Math.abs(tokensOfCharacters(text) - exact) / exact).toBeLessThan(0.25)
  })
})

test.each([
  ['', 0],
  [' \n\t', 0],
  ['Hello', 1],
  ['Hello, world!', 3.3],
  ['extraordinary', 2.6],
  ['2026', 1.8],
  ['天气', 1.44],
])('%j is about %s tokens', (text, tokens) => {
  expect(tokensOfCharacters(text)).toBeCloseTo(tokens, 10)
})

test('whatever the text, there are at most as many tokens as characters, and more text is never fewer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
      const tokens = tokensOfCharacters(one)
      expect(tokens).toBeLessThanOrEqual(one.length)
      expect(tokensOfCharacters(`${one} ${other}`)).toBeGreaterThanOrEqual(tokens)
    }),
  )
})
