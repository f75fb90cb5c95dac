import { describe, expect, test } from 'vitest'
import { createScrubber, type Recognise, SCRUB_FAILED, type ScrubProblem } from './index.ts'

const NAME = 'Ann Lee'
const names: Recognise = async (text) =>
  [...text.matchAll(new RegExp(NAME, 'g'))].map(({ index }) => ({
    class: 'person',
    start: index,
    end: index + NAME.length,
  }))

const overlapping: Recognise = async () => [
  { class: 'person', start: 4, end: 7 },
  { class: 'person', start: 0, end: 5 },
]

describe('scrubAsync', () => {
  test('asks the recogniser about what patterns have left, and counts both', async () => {
    const seen: string[] = []
    const { scrubAsync } = createScrubber({
      recognise: (text) => {
        seen.push(text)
        return names(text)
      },
    })
    expect(await scrubAsync('Ann Lee, ann@example.com')).toEqual({
      text: '[PERSON], [EMAIL]',
      counts: { email: 1, person: 1 },
    })
    expect(seen).toEqual(['Ann Lee, [EMAIL]'])
  })

  test('makes one place of two that overlap', async () => {
    expect((await createScrubber({ recognise: overlapping }).scrubAsync('Ann Lee!')).text).toBe('[PERSON]!')
  })

  test('does without a recogniser', async () => {
    expect(await createScrubber().scrubAsync('ann@example.com')).toEqual({ text: '[EMAIL]', counts: { email: 1 } })
  })

  test.each<[name: string, recognise: Recognise, error: string]>([
    ['rejects', async () => Promise.reject(new TypeError('Ann Lee')), 'TypeError'],
    [
      'throws',
      () => {
        throw new RangeError('Ann Lee')
      },
      'RangeError',
    ],
    ['never answers', () => new Promise(() => undefined), 'RecogniserTimeout'],
    ['names places that are not there', async () => [{ class: 'person', start: 0, end: 99 }], 'RecogniserAnswer'],
    ['answers with nothing', async () => undefined as never, 'TypeError'],
  ])('withholds the text when the recogniser %s, and says so once', async (_, recognise, error) => {
    const problems: ScrubProblem[] = []
    const { scrubAsync } = createScrubber({
      recognise,
      recogniseTimeoutMs: 1,
      onProblem: (problem) => problems.push(problem),
    })
    expect(await scrubAsync('Ann Lee')).toEqual({ text: SCRUB_FAILED, counts: { scrub_failed: 1 } })
    await scrubAsync('Ann Lee')
    expect(problems).toEqual([
      { code: 'recogniser', message: `A text was withheld, because the recogniser failed: ${error}.` },
    ])
  })
})
