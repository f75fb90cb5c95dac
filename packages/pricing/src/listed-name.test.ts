import { describe, expect, test } from 'vitest'
import { isListedName } from './listed-name.ts'

describe('a list entry that contains "o4-mini"', () => {
  const match = { or: [{ contains: 'o4-mini' }] }

  test.each(['o4-mini', 'o4-mini-2025-04-16', 'o4-mini-20250416', 'o4-mini@20250416', 'o4-mini-v1:0'])(
    'stands for %s',
    (name) => {
      expect(isListedName(match, name)).toBe(true)
    },
  )

  test.each(['my-o4-mini-replacement', 'my-o4-mini', 'o4-mini-deep-research', 'o4-minimal', 'o4-mini-2025-04-16-ours'])(
    'does not stand for %s',
    (name) => {
      expect(isListedName(match, name)).toBe(false)
    },
  )
})

describe('the other clauses', () => {
  test('an ending must be the whole name', () => {
    expect(isListedName({ ends_with: 'gemini-2.0-flash' }, 'gemini-2.0-flash')).toBe(true)
    expect(isListedName({ ends_with: 'gemini-2.0-flash' }, 'our-gemini-2.0-flash')).toBe(false)
  })

  test('a beginning is taken as listed', () => {
    expect(isListedName({ starts_with: 'gpt-4o-realtime' }, 'gpt-4o-realtime-preview-2025-06-03')).toBe(true)
    expect(isListedName({ starts_with: 'gpt-4o-realtime' }, 'our-gpt-4o-realtime')).toBe(false)
  })

  test('an expression must be tied to the beginning', () => {
    expect(isListedName({ regex: '^gpt-6-sol-\\d{4}' }, 'gpt-6-sol-2026-09-01')).toBe(true)
    expect(isListedName({ regex: 'gpt-6-sol' }, 'gpt-6-sol')).toBe(false)
  })

  test('a name may write its date without dashes', () => {
    expect(isListedName({ equals: 'gpt-4o-2024-08-06' }, 'gpt-4o-20240806')).toBe(true)
    expect(isListedName({ equals: 'gpt-4o-2024-08-06' }, 'gpt-4o-20240807')).toBe(false)
  })

  test('all clauses of an "and" must hold', () => {
    const match = { and: [{ starts_with: 'gemini-2.5-pro' }, { regex: '^(?!.*-tts)' }] }
    expect(isListedName(match, 'gemini-2.5-pro-preview')).toBe(true)
    expect(isListedName(match, 'gemini-2.5-pro-tts')).toBe(false)
  })
})
