import { expect, test } from 'vitest'
import { Texts } from './texts.ts'

test('pieces are joined, and what is no text is nothing', () => {
  const texts = new Texts('\n')
  for (const piece of ['Hello', undefined, null, 5, {}, '', 'world']) texts.add(piece)
  expect(texts.text()).toBe('Hello\nworld')
  expect(texts.stretch).toBe(1)
})

test('of a long text 262,144 characters are kept, and how much longer it was', () => {
  const texts = new Texts()
  texts.add('a'.repeat(200_000))
  texts.add('b'.repeat(100_000))
  texts.add('c'.repeat(224_288))
  expect(texts.text()).toBe('a'.repeat(200_000) + 'b'.repeat(62_144))
  expect(texts.stretch).toBe(2)
})
