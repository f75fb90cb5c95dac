import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCorpus } from '../test/corpus/corpus.ts'
import { createScrubber, findings, scrub, SCRUB_FAILED, type ScrubOptions, type ScrubProblem } from './index.ts'

const LETTER = 'Ann <ann@example.com>, card 4111 1111 1111 1111, from 203.0.113.7.'

describe('scrub', () => {
  test('puts the class in place of what it finds', () => {
    expect(scrub(LETTER)).toBe('Ann <[EMAIL]>, card [CARD], from [IPV4].')
  })

  test('says how often each class was replaced', () => {
    const { scrubWithCounts } = createScrubber()
    expect(scrubWithCounts('a@example.com b@example.com 203.0.113.7')).toEqual({
      text: '[EMAIL] [EMAIL] [IPV4]',
      counts: { email: 2, ipv4: 1 },
    })
    expect(scrubWithCounts('nothing here')).toEqual({ text: 'nothing here', counts: {} })
  })

  test('keeps the host of a URL whose credentials it finds', () => {
    expect(scrub('postgres://app:s3cret@db.example.com:5432/app')).toBe(
      'postgres://[URL_CREDENTIAL]@db.example.com:5432/app',
    )
  })

  test('leaves what it has cleaned as it is, in every style', () => {
    const styles: ScrubOptions['replacement'][] = ['label', 'mask', { style: 'pseudonym', key: '0123456789abcdef' }]
    for (const replacement of styles) {
      const scrubber = createScrubber({ replacement: replacement ?? 'label', timeBudgetMs: Infinity })
      for (const { text } of readCorpus()) {
        const once = scrubber.scrub(text)
        // A mask of a number keeps its separators and its end, which a mask of the mask keeps as well.
        expect(scrubber.scrub(once)).toBe(once)
      }
    }
  })
})

describe('findings', () => {
  test('have a class and a place, and not the value', () => {
    expect(findings(LETTER)).toEqual([
      { class: 'email', start: 5, end: 20 },
      { class: 'card', start: 28, end: 47 },
      { class: 'ipv4', start: 54, end: 65 },
    ])
    expect(JSON.stringify(findings(LETTER))).not.toContain('ann')
  })

  test('are places of the text as it was written, not of what it stands for', () => {
    const written = String.raw`{\"to\":\"a\u0040b.co\"} ｘ`
    const [finding] = findings(written)
    expect(written.slice(finding?.start, finding?.end)).toBe(String.raw`a\u0040b.co`)
  })

  test('are in order, do not overlap and stay within the text, whatever the text', () => {
    const pieces = readCorpus().map(({ text }) => text)
    const anything = fc.array(
      fc.oneof(
        fc.constantFrom(...pieces),
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.constantFrom('\u200b', '＠', '%40', '\\n', ' '),
      ),
    )
    fc.assert(
      fc.property(anything, (parts) => {
        const text = parts.join('')
        const found = createdOnce.findings(text)
        let end = 0
        for (const finding of found) {
          expect(finding.start).toBeGreaterThanOrEqual(end)
          expect(finding.end).toBeGreaterThan(finding.start)
          end = finding.end
        }
        expect(end).toBeLessThanOrEqual(text.length)
        expect(found.some(({ class: name }) => name === 'scrub_failed')).toBe(false)
      }),
      { numRuns: 300 },
    )
  })
})

const createdOnce = createScrubber({ timeBudgetMs: Infinity })

describe('options', () => {
  test('switch classes off', () => {
    expect(scrub(LETTER, { classes: { email: false, ipv4: false } })).toBe(
      'Ann <ann@example.com>, card [CARD], from 203.0.113.7.',
    )
  })

  test('allow values: exact ones, and patterns that match all of one', () => {
    const { scrub: clean } = createScrubber({ allow: ['203.0.113.7', /[a-z]{1,64}@example\.com/] })
    expect(clean(LETTER)).toBe('Ann <ann@example.com>, card [CARD], from 203.0.113.7.')
    expect(clean('ann@example.com.evil.org')).toBe('[EMAIL]')
  })

  test('add patterns, which come before our own and may have a check', () => {
    const pattern = /\bE-\d{6}\b/
    const { scrubWithCounts } = createScrubber({
      patterns: [{ name: 'employee_id', pattern, validate: (match) => match.endsWith('7') }],
    })
    expect(scrubWithCounts('E-123457 and E-123458')).toEqual({
      text: '[EMPLOYEE_ID] and E-123458',
      counts: { employee_id: 1 },
    })
  })

  test('add finders, which come after our own', () => {
    const { scrub: clean } = createScrubber({
      finders: [(text) => [{ class: 'name', start: 0, end: text.indexOf(' ') }]],
    })
    expect(clean('Ann, a@example.com')).toBe('[NAME] [EMAIL]')
  })

  test.each<[wrong: object, message: string]>([
    [{ clases: {} }, 'there is no option clases; there are classes, replacement,'],
    [{ classes: { mail: true } }, 'classes.mail is none; there are private_key,'],
    [{ classes: { email: 'yes' } }, 'classes.email must be true or false, got string'],
    [{ replacement: 'hash' }, `replacement must be 'label', 'mask' or { style: 'pseudonym', key }, got "hash"`],
    [
      { replacement: { style: 'pseudonym', key: 'short' } },
      'replacement.key must be a text or bytes, at least 16 bytes long, got 5 bytes',
    ],
    [{ allow: [7] }, 'allow[0] must be a text or a RegExp, got number'],
    [{ denyKeys: [''] }, 'denyKeys[0] must be a key, got ""'],
    [
      { patterns: [{ name: 'Bad Name', pattern: /x/ }] },
      'patterns[0].name must be lower-case letters, digits and _, got "Bad Name"',
    ],
    [{ patterns: [{ name: 'email', pattern: /x/ }] }, 'patterns[0].name must not be a class that exists, got "email"'],
    [{ patterns: [{ name: 'x', pattern: 'x' }] }, 'patterns[0].pattern ("x") must be a RegExp, got string'],
    [{ timeBudgetMs: 0 }, 'timeBudgetMs must be a number of milliseconds above 0, got 0'],
    [{ recognise: true }, 'recognise must be a function, got boolean'],
  ])('that are wrong are named: %j', (wrong, message) => {
    expect(() => createScrubber(wrong)).toThrow(message)
  })
})

function fail(): never {
  throw new Error('about secrets')
}

describe('what cannot be looked through is withheld', () => {
  const failing = { patterns: [{ name: 'x', pattern: /x/, validate: fail }] }

  test('when something throws, which is told of once, without the text', () => {
    const problems: ScrubProblem[] = []
    const scrubber = createScrubber({ ...failing, onProblem: (problem) => problems.push(problem) })
    expect(scrubber.scrub('x marks the spot')).toBe(SCRUB_FAILED)
    expect(scrubber.scrubWithCounts('x')).toEqual({ text: SCRUB_FAILED, counts: { scrub_failed: 1 } })
    expect(scrubber.findings('x marks')).toEqual([{ class: 'scrub_failed', start: 0, end: 7 }])
    expect(scrubber.scrubJson({ a: 'x' })).toBe(SCRUB_FAILED)
    expect(problems).toEqual([
      { code: 'exception', message: 'A text was withheld, because looking through it threw Error.' },
    ])
  })

  test('when it takes longer than its budget', () => {
    const problems: ScrubProblem[] = []
    const scrubber = createScrubber({ timeBudgetMs: Number.MIN_VALUE, onProblem: (problem) => problems.push(problem) })
    expect(scrubber.scrub('a long text')).toBe(SCRUB_FAILED)
    expect(problems.map(({ code }) => code)).toEqual(['time_budget'])
  })

  test('when it is no text at all', () => {
    expect(scrub(undefined as unknown as string)).toBe(SCRUB_FAILED)
  })

  test('although the one who is told throws as well', () => {
    expect(createScrubber({ ...failing, onProblem: fail }).scrub('x')).toBe(SCRUB_FAILED)
  })
})
