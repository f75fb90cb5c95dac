import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ModalityTokens, normaliseUsage, type ReportedUsage, type Usage } from './usage.ts'

const SUBSETS = {
  cacheReadTokens: 'inputTokens',
  cacheWriteTokens: 'inputTokens',
  reasoningTokens: 'outputTokens',
  acceptedPredictionTokens: 'outputTokens',
  rejectedPredictionTokens: 'outputTokens',
} as const satisfies Partial<Record<keyof Usage, 'inputTokens' | 'outputTokens'>>
const MODAL = { input: 'inputTokens', output: 'outputTokens', cacheRead: 'cacheReadTokens' } as const
const MODALITIES = ['text', 'audio', 'image'] as const
const SUBSET_FIELDS = Object.keys(SUBSETS) as (keyof typeof SUBSETS)[]
const MODAL_FIELDS = Object.keys(MODAL) as (keyof typeof MODAL)[]

const garbage = fc.oneof(
  fc.constantFrom(undefined, null, Number.NaN, Infinity, -Infinity, -1, 0, 0.5, '12', '', true, 2 ** 53, [], {}),
  fc.double(),
  fc.string(),
  fc.bigInt(),
)
const wireCount = fc.oneof({ weight: 3, arbitrary: fc.nat(1000) }, { weight: 1, arbitrary: fc.maxSafeNat() }, garbage)
const wireModalities = fc.oneof(
  { weight: 4, arbitrary: fc.record({ text: wireCount, audio: wireCount, image: wireCount }, { requiredKeys: [] }) },
  fc.constantFrom(undefined, null, 5, 'text'),
)
const reportedUsage = fc.record(
  {
    inputTokens: wireCount,
    outputTokens: wireCount,
    cacheReadTokens: wireCount,
    cacheWriteTokens: wireCount,
    reasoningTokens: wireCount,
    acceptedPredictionTokens: wireCount,
    rejectedPredictionTokens: wireCount,
    input: wireModalities,
    output: wireModalities,
    cacheRead: wireModalities,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<ReportedUsage>

/** Usage that keeps the identity, drawn from its totals downwards. */
const saneUsage: fc.Arbitrary<Usage> = fc
  .record({ inputTokens: fc.nat(1e9), outputTokens: fc.nat(1e9) })
  .chain((totals) => {
    const subsets = SUBSET_FIELDS.map((field) => [field, fc.nat(totals[SUBSETS[field]])] as const)
    return fc.record(
      { ...constants(totals), ...Object.fromEntries(subsets) },
      { requiredKeys: ['inputTokens', 'outputTokens'] },
    )
  })
  .chain((usage) => {
    const totals = usage as unknown as Usage
    const modal = MODAL_FIELDS.map((field) => [field, modalitiesOf(totals[MODAL[field]] ?? 0)] as const)
    const requiredKeys = Object.keys(totals) as (keyof Usage)[]
    return fc.record({ ...constants(totals), ...Object.fromEntries(modal) }, { requiredKeys })
  }) as unknown as fc.Arbitrary<Usage>

function constants(values: object): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fc.constant(value)]))
}

function modalitiesOf(total: number): fc.Arbitrary<ModalityTokens> {
  return fc
    .tuple(fc.nat(total), fc.nat(total))
    .map(([a, b]) => ({ text: Math.min(a, b), audio: Math.abs(a - b), image: total - Math.max(a, b) }))
}

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const wasReported = (value: unknown): boolean => value !== undefined && value !== null

/** Every count of a usage by its dotted name. */
function counts(usage: object): Map<string, unknown> {
  const flat = new Map<string, unknown>()
  for (const [field, value] of Object.entries(usage)) {
    if (!(field in MODAL)) flat.set(field, value)
    else if (typeof value === 'object' && value !== null) {
      for (const modality of MODALITIES) flat.set(`${field}.${modality}`, (value as ModalityTokens)[modality])
    }
  }
  return new Map([...flat].filter(([, value]) => wasReported(value)))
}

const sum = (tokens: ModalityTokens): number => MODALITIES.reduce((total, name) => total + (tokens[name] ?? 0), 0)

/** Checks `holds` for the usage that comes out of arbitrary reports. */
function assertUsage(holds: (usage: Usage) => void): void {
  fc.assert(
    fc.property(reportedUsage, (reported) => {
      const normalised = normaliseUsage(reported)
      if (normalised) holds(normalised.usage)
    }),
    { numRuns: 2000 },
  )
}

describe('whatever the wire says', () => {
  test('every count is a whole number of 0 or more', () => {
    assertUsage((usage) => {
      for (const [field, value] of counts(usage)) expect(isCount(value), `${field}: ${String(value)}`).toBe(true)
    })
  })

  test('a subset never exceeds its total', () => {
    assertUsage((usage) => {
      for (const field of SUBSET_FIELDS) expect(usage[field] ?? 0).toBeLessThanOrEqual(usage[SUBSETS[field]])
    })
  })

  test('modalities add up to at most their total', () => {
    assertUsage((usage) => {
      for (const field of MODAL_FIELDS) expect(sum(usage[field] ?? {})).toBeLessThanOrEqual(usage[MODAL[field]] ?? 0)
    })
  })

  test('there is no usage only if neither total is usable', () => {
    fc.assert(
      fc.property(reportedUsage, (reported) => {
        const isUsable = isCount(reported.inputTokens) || isCount(reported.outputTokens)
        expect(normaliseUsage(reported) !== undefined).toBe(isUsable)
      }),
    )
  })

  test('a problem is named for exactly those counts that had to be changed', () => {
    fc.assert(
      fc.property(reportedUsage, (reported) => {
        const normalised = normaliseUsage(reported)
        if (!normalised) return
        const kept = counts(normalised.usage)
        const changed = [...counts(reported)].filter(([field, value]) => !Object.is(kept.get(field), value))
        expect(new Set(normalised.problems.map(({ field }) => field))).toEqual(new Set(changed.map(([field]) => field)))
      }),
      { numRuns: 2000 },
    )
  })

  test('a problem says whether the count was left out or clamped', () => {
    fc.assert(
      fc.property(reportedUsage, (reported) => {
        const normalised = normaliseUsage(reported)
        if (!normalised) return
        const kept = counts(normalised.usage)
        for (const { field, problem } of normalised.problems) {
          if (field === 'inputTokens' || field === 'outputTokens')
            expect([problem, kept.get(field)]).toEqual(['unusable', 0])
          else expect(problem).toBe(kept.has(field) ? 'exceeds_total' : 'unusable')
        }
      }),
    )
  })
})

describe('usage that keeps the identity', () => {
  test('comes back unchanged, without problems', () => {
    fc.assert(
      fc.property(saneUsage, (usage) => {
        expect(normaliseUsage(usage)).toEqual({ usage, problems: [] })
      }),
    )
  })

  test('is what normalising gives: doing it twice changes nothing more', () => {
    assertUsage((usage) => expect(normaliseUsage(usage)).toEqual({ usage, problems: [] }))
  })
})

test('a cached count larger than the input is clamped and named', () => {
  expect(normaliseUsage({ inputTokens: 10, outputTokens: 2, cacheReadTokens: 11 })).toEqual({
    usage: { inputTokens: 10, outputTokens: 2, cacheReadTokens: 10 },
    problems: [{ field: 'cacheReadTokens', problem: 'exceeds_total' }],
  })
})

test('modalities that add up to more than their total lose what is too much, the last one first', () => {
  expect(normaliseUsage({ inputTokens: 10, input: { text: 6, audio: 3, image: 4 } })).toEqual({
    usage: { inputTokens: 10, outputTokens: 0, input: { audio: 3, image: 4, text: 3 } },
    problems: [{ field: 'input.text', problem: 'exceeds_total' }],
  })
})

test('a subset that was reported as 0 stays, one that was null does not', () => {
  expect(normaliseUsage({ inputTokens: 10, outputTokens: 2, cacheReadTokens: 0, reasoningTokens: null })).toEqual({
    usage: { inputTokens: 10, outputTokens: 2, cacheReadTokens: 0 },
    problems: [],
  })
})

test('a count written as text is not a count', () => {
  expect(normaliseUsage({ inputTokens: '10', outputTokens: 2 })).toEqual({
    usage: { inputTokens: 0, outputTokens: 2 },
    problems: [{ field: 'inputTokens', problem: 'unusable' }],
  })
})
