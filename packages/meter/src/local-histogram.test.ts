import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Telemetry } from '../test/support/telemetry.ts'
import { LocalHistogram } from './local-histogram.ts'

const BOUNDARIES = [0.01, 0.02, 0.04, 1, 5]
const SERIES = [{ model: 'a' }, { model: 'b' }] as const

/** Values around the boundaries, on them, and far from them; and a negative one, which no duration can be. */
const value = fc.oneof(
  fc.constantFrom(...BOUNDARIES, 0, -0.5, Infinity, Number.MAX_VALUE, Number.MIN_VALUE),
  fc.double({ min: 0, max: 10, noNaN: true }),
)
const batches = fc.array(fc.record({ series: fc.constantFrom(...SERIES), values: fc.array(value) }))

test("says what the SDK's own histogram says about the same values", async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (added) => {
      await using telemetry = new Telemetry()
      const own = telemetry.meterProvider
        .getMeter('test')
        .createHistogram('gaps', { advice: { explicitBucketBoundaries: BOUNDARIES } })
      const local = new LocalHistogram(BOUNDARIES)
      for (const { series, values } of added) {
        for (const one of values) {
          local.add(series, one)
          own.record(one, series)
        }
      }
      const expected = (await telemetry.histogram('gaps')).map(({ buckets, ...point }) => ({
        ...point,
        counts: buckets.counts,
      }))
      expect(local.points()).toEqual(expected)
    }),
  )
})

test('what is no measurement makes no series', () => {
  const local = new LocalHistogram([1])
  local.add(SERIES[0], Number.NaN)
  local.add(SERIES[1], -1)
  expect(local.points()).toEqual([])
})

test('a snapshot is not changed by what is added later', () => {
  const local = new LocalHistogram([1])
  local.add(SERIES[0], 0.5)
  const before = local.points()
  local.add(SERIES[0], 2)
  expect(before).toEqual([{ attributes: { model: 'a' }, counts: [1, 0], count: 1, sum: 0.5, min: 0.5, max: 0.5 }])
})
