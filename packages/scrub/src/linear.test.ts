import { expect, test } from 'vitest'
import { createScrubber } from './index.ts'

test.each([
  ['exponential', /(a+)+$/],
  ['exponential in another way', /^(?:\w|\d)*!$/],
  ['quadratic', /\d+@/],
  ['quadratic between two classes', /\s+$/],
])('a pattern of %s time is refused by name', (_, pattern) => {
  expect(() => createScrubber({ patterns: [{ name: 'slow', pattern }] })).toThrow(
    /^patterns\[0\]\.pattern \("slow"\) must take time in proportion to the text; .* Bound its repetitions/,
  )
  expect(() => createScrubber({ allow: [pattern] })).toThrow(/^allow\[0\] must take time in proportion/)
})

test.each([/\bEMP-\d{4,8}\b/, /(?<!\d)\d{3}-\d{3}(?!\d)/g, /[A-Z]{2}\d{6}[A-D]/y, /客户\d{1,12}/u, /x*/])(
  '%s is accepted',
  (pattern) => {
    expect(() => createScrubber({ patterns: [{ name: 'fast', pattern }] })).not.toThrow()
  },
)
