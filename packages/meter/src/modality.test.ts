import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { forEachModality, type Modality } from './modality.ts'
import type { ModalityTokens } from './usage.ts'

function split(total: number, reported: ModalityTokens | undefined, restIsText: boolean): [Modality, number][] {
  const parts: [Modality, number][] = []
  forEachModality(total, reported, restIsText, (modality, tokens) => parts.push([modality, tokens]))
  return parts
}

/** A total and a breakdown of it, which may be partial. */
const breakdown = fc.maxSafeNat().chain((total) =>
  fc
    .tuple(fc.nat(total), fc.nat(total), fc.nat(total))
    .map((cuts) => cuts.toSorted((a, b) => a - b) as [number, number, number])
    .chain(([a, b, c]) =>
      fc.record({ text: fc.constant(a), audio: fc.constant(b - a), image: fc.constant(c - b) }, { requiredKeys: [] }),
    )
    .map((reported) => ({ total, reported: reported as ModalityTokens })),
)

test('the parts add up to the total', () => {
  fc.assert(
    fc.property(breakdown, fc.boolean(), ({ total, reported }, restIsText) => {
      const parts = split(total, reported, restIsText)
      expect(parts.reduce((sum, [, tokens]) => sum + tokens, 0)).toBe(total)
    }),
  )
})

test('no modality comes up twice, and none with nothing in it unless there is nothing at all', () => {
  fc.assert(
    fc.property(breakdown, fc.boolean(), ({ total, reported }, restIsText) => {
      const parts = split(total, reported, restIsText)
      expect(new Set(parts.map(([modality]) => modality)).size).toBe(parts.length)
      if (total > 0) expect(parts.every(([, tokens]) => tokens > 0)).toBe(true)
    }),
  )
})

test.each<[string, number, ModalityTokens | undefined, boolean, [Modality, number][]]>([
  ['text only, no breakdown: all of it is text', 100, undefined, true, [['text', 100]]],
  ['no breakdown of what may be anything: unknown', 100, undefined, false, [['unknown', 100]]],
  [
    'what the breakdown leaves is text where it can be nothing else',
    100,
    { audio: 40 },
    true,
    [
      ['audio', 40],
      ['text', 60],
    ],
  ],
  [
    'what the breakdown leaves is unknown otherwise',
    100,
    { text: 10, audio: 40 },
    false,
    [
      ['audio', 40],
      ['text', 10],
      ['unknown', 50],
    ],
  ],
  [
    'a full breakdown leaves nothing',
    9,
    { text: 2, audio: 3, image: 4 },
    false,
    [
      ['audio', 3],
      ['image', 4],
      ['text', 2],
    ],
  ],
  ['0 of text is still reported', 0, undefined, true, [['text', 0]]],
  ['0 of anything is still reported', 0, undefined, false, [['unknown', 0]]],
])('%s', (_, total, reported, restIsText, parts) => {
  expect(split(total, reported, restIsText)).toEqual(parts)
})
