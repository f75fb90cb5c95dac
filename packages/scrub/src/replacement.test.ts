import { describe, expect, test } from 'vitest'
import { createScrubber, type Replacement } from './index.ts'

const KEY = 'a key of 16 bytes'

function scrubWith(replacement: Replacement, text: string): string {
  return createScrubber({ replacement }).scrub(text)
}

describe('mask', () => {
  test.each([
    ['card 4111 1111 1111 1111', 'card **** **** **** 1111'],
    ['DE89 3704 0044 0532 0130 00', '**** **** **** **** **30 00'],
    ['call +1 415 555 0123', 'call +* *** *** 0123'],
    ['ssn 219-09-9999', 'ssn ***-**-9999'],
    ['ann@example.com', '***@*******.***'],
    ['password: hunter2', 'password: ********'],
    ['tel. 555-0123', 'tel. ***-****'],
  ])('%s becomes %s', (text, masked) => {
    expect(scrubWith('mask', text)).toBe(masked)
  })
})

describe('pseudonyms', () => {
  const pseudonym: Replacement = { style: 'pseudonym', key: KEY }

  test('name the class and are letters only, so that they are not found again', () => {
    expect(scrubWith(pseudonym, 'ann@example.com')).toMatch(/^\[EMAIL:[a-p]{16}\]$/)
  })

  test('are the same for the same value, however it is written, in any text', () => {
    const [one, other, third] = ['+1 415 555 0123', '+1 (415) 555-0123', '+14155550123'].map((phone) =>
      scrubWith(pseudonym, phone),
    )
    expect(other).toBe(one)
    expect(third).toBe(one)
    expect(scrubWith(pseudonym, 'ANN@example.com')).toBe(scrubWith(pseudonym, 'ann@example.com'))
  })

  test('differ for other values and other keys', () => {
    const ann = scrubWith(pseudonym, 'ann@example.com')
    expect(scrubWith(pseudonym, 'bob@example.com')).not.toBe(ann)
    expect(scrubWith({ style: 'pseudonym', key: `another ${KEY}` }, 'ann@example.com')).not.toBe(ann)
  })

  test('take a key in bytes as well', () => {
    const bytes = new TextEncoder().encode(KEY)
    expect(scrubWith({ style: 'pseudonym', key: bytes }, 'ann@example.com')).toBe(
      scrubWith(pseudonym, 'ann@example.com'),
    )
  })
})
