import { describe, expect, test } from 'vitest'
import { createScrubber, SCRUB_FAILED, scrub, scrubJson } from './index.ts'

describe('scrubJson', () => {
  test('cleans strings and keys at any depth, and says how often', () => {
    const { scrubJsonWithCounts } = createScrubber()
    expect(
      scrubJsonWithCounts({ messages: [{ role: 'user', content: 'I am ann@example.com' }], 'bob@example.com': true }),
    ).toEqual({
      value: { messages: [{ role: 'user', content: 'I am [EMAIL]' }], '[EMAIL]': true },
      counts: { email: 2 },
    })
  })

  test('changes nothing that it is given, and copies nothing that stays the same', () => {
    const value = { same: { list: [1, 'two'] }, mail: ['ann@example.com'] }
    const cleaned = scrubJson(value)
    expect(value.mail[0]).toBe('ann@example.com')
    expect(cleaned.mail).toEqual(['[EMAIL]'])
    expect(cleaned.same).toBe(value.same)
    expect(scrubJson(value.same)).toBe(value.same)
  })

  test('replaces what stands under deny-listed keys unread, but for schemas, true, false and nothing', () => {
    expect(
      scrubJson({
        password: 'x',
        apiKey: { old: 'y' },
        Authorization: ['z'],
        ssn: 123,
        secret: null,
        client_secret: false,
      }),
    ).toEqual({
      password: '[DENIED_KEY]',
      apiKey: '[DENIED_KEY]',
      Authorization: '[DENIED_KEY]',
      ssn: '[DENIED_KEY]',
      secret: null,
      client_secret: false,
    })
    const schema = {
      type: 'object',
      properties: { password: { type: 'string', description: 'at least 8 characters' } },
    }
    expect(scrubJson(schema)).toBe(schema)
  })

  test('takes keys of one’s own, found in texts that hold JSON as well, escaped or cut off', () => {
    const scrubber = createScrubber({ denyKeys: ['salary', 'notes'] })
    expect(scrubber.scrubJson({ Salary: 5000, n: 1 })).toEqual({ Salary: '[DENIED_KEY]', n: 1 })
    expect(scrubber.scrub('{"salary": 5000, "n": 1}')).toBe('{"salary": [DENIED_KEY], "n": 1}')
    expect(scrubber.scrub(String.raw`{"a":"{\"notes\":\"he \\\"limps\\\"\",\"n\":1}"}`)).toBe(
      String.raw`{"a":"{\"notes\":\"[DENIED_KEY]\",\"n\":1}"}`,
    )
    expect(scrubber.scrub('{"notes": {"deep": ["a", "b}"]}, "n": 1}')).toBe('{"notes": [DENIED_KEY], "n": 1}')
    expect(scrubber.scrub('{"notes": "cut of')).toBe('{"notes": "[DENIED_KEY]')
  })

  test('finds what is in escaped JSON within strings', () => {
    expect(scrubJson({ arguments: String.raw`{"to":"a\u0040example.com","text":"tel:\n4155550123"}` })).toEqual({
      arguments: String.raw`{"to":"[EMAIL]","text":"tel:\n[PHONE]"}`,
    })
  })

  test('reads a key as the words in front of its value', () => {
    expect(scrubJson({ phoneNumber: '4155550123', birth_day: '1985-03-04', id: '4155550123' })).toEqual({
      phoneNumber: '[PHONE]',
      birth_day: '[BIRTH_DATE]',
      id: '4155550123',
    })
  })

  test('makes a text of a number in which something is found, and leaves others', () => {
    expect(scrubJson({ pan: 4111111111111111, at: 1732700000000, n: 12.5 })).toEqual({
      pan: '[CARD]',
      at: 1732700000000,
      n: 12.5,
    })
  })

  test('loses no value when two keys look the same once cleaned', () => {
    expect(scrubJson({ 'a@example.com': 1, 'b@example.com': 2 })).toEqual({ '[EMAIL]': 1, '[EMAIL] 2': 2 })
  })

  test('reads what objects say of themselves for JSON, and keeps dates and bytes', () => {
    const bytes = new Uint8Array(3)
    expect(scrubJson({ at: new Date(0), me: { toJSON: () => 'ann@example.com' }, bytes })).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      me: '[EMAIL]',
      bytes,
    })
  })

  test('withholds a value that contains itself, or whose getter throws', () => {
    const ring: { self?: unknown } = {}
    ring.self = ring
    expect(scrubJson(ring)).toBe(SCRUB_FAILED)
    expect(
      scrubJson({
        get broken(): string {
          throw new Error('no')
        },
      }),
    ).toBe(SCRUB_FAILED)
  })
})

test('answers of models are not taken for secrets: log probabilities have tokens', () => {
  const choice = {
    logprobs: { content: [{ token: 'Hello', logprob: -0.31, bytes: [72, 101] }] },
    finish_reason: 'stop',
  }
  expect(scrubJson(choice)).toBe(choice)
  expect(scrub(JSON.stringify(choice))).toBe(JSON.stringify(choice))
})
