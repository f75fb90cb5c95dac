import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainText } from './plain-text.ts'

describe('plain text', () => {
  test.each([
    ['ｂｏｂ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'bob@example.com'],
    ['１２３ ٤٥٦ ۷۸۹ ०१२', '123 456 789 012'],
    ['b\u200bo\u00adb', 'bob'],
    ['1–2—3−4', '1-2-3-4'],
    ['1\u00a0000', '1 000'],
    [String.raw`a\u0040b \n\"c\"`, 'a@b \n"c"'],
    [String.raw`a\\\"b\\\\u0040c`, 'a"b@c'],
    ['a%40b%2Ec', 'a@b.c'],
    ['a&#64;b&#x40;c', 'a@b@c'],
    ['100 % of 50%', '100 % of 50%'],
    ['a%26b', 'a%26b'],
    [String.raw`\uff20`, '@'],
    ['😀 字', '😀 字'],
  ])('of %s is %s', (original, plain) => {
    expect(plainText(original).text).toBe(plain)
  })

  test('keeps its length in lower case, although İ has two letters there', () => {
    const { text, lower } = plainText('İSTANBUL ŞİFRE')
    expect(lower.length).toBe(text.length)
  })

  test('knows where each of its characters was written: all places together are the original', () => {
    const written = fc.array(
      fc.constantFrom('a', 'ａ', '\u200b', '%40', '&#64;', String.raw`\n`, String.raw`\\\"`, '😀', '—', '%', '\\'),
    )
    fc.assert(
      fc.property(written, (parts) => {
        const original = parts.join('')
        const plain = plainText(original)
        let end = 0
        for (let index = 0; index < plain.text.length; index++) {
          expect(plain.startOf(index)).toBeGreaterThanOrEqual(end)
          end = plain.endOf(index + 1)
          expect(end).toBeGreaterThan(plain.startOf(index))
          expect(plainText(original.slice(plain.startOf(index), end)).text).toBe(plain.text[index])
        }
        expect(end).toBeLessThanOrEqual(original.length)
      }),
    )
  })
})
