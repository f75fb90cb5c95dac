import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BucketCounts } from './bucket-counts.ts'
import { mergeCounts, percentiles, readCounts } from './sketch.ts'

type Counts = Map<number, number>

const counted = fc
  .array(fc.tuple(fc.integer({ min: -700, max: 4000 }), fc.integer({ min: 1, max: 2 ** 40 })))
  .map((pairs): Counts => new Map(pairs))

function read(bytes: Uint8Array): [number, number][] {
  const counts: [number, number][] = []
  readCounts(bytes, (bucket, count) => counts.push([bucket, count]))
  return counts
}

function encodeCounts(counts: Counts, filled: BucketCounts = new BucketCounts()): Uint8Array {
  for (const [bucket, count] of counts) filled.add(bucket, count)
  return filled.encode()
}

const ascending = (counts: Counts): [number, number][] => [...counts].toSorted(([a], [b]) => a - b)

test('a sketch is read as it was written, its buckets in ascending order', () => {
  expect(
    read(
      encodeCounts(
        new Map([
          [3, 1000],
          [-2, 1],
        ]),
      ),
    ),
  ).toEqual([
    [-2, 1],
    [3, 1000],
  ])
  fc.assert(
    fc.property(counted, (counts) => {
      expect(read(encodeCounts(counts))).toEqual(ascending(counts))
    }),
  )
})

test('counts that were emptied hold nothing of what was counted before', () => {
  const filled = new BucketCounts()
  fc.assert(
    fc.property(counted, (counts) => {
      filled.clear()
      expect(filled.isEmpty).toBe(true)
      expect(read(encodeCounts(counts, filled))).toEqual(ascending(counts))
      expect(filled.isEmpty).toBe(counts.size === 0)
    }),
  )
})

test('a sketch that is merged with another has the counts of both', () => {
  fc.assert(
    fc.property(counted, counted, (one, other) => {
      const both: Counts = new Map(one)
      for (const [bucket, count] of other) both.set(bucket, (both.get(bucket) ?? 0) + count)
      expect(read(mergeCounts(encodeCounts(one), encodeCounts(other)))).toEqual(ascending(both))
    }),
  )
})

test('a busy minute of calls that last differently takes two bytes a bucket', () => {
  const counts: Counts = new Map(Array.from({ length: 200 }, (_, bucket) => [bucket, 1 + (bucket % 100)]))
  expect(encodeCounts(counts)).toHaveLength(400)
})

test('a percentile is the middle of the bucket in which its call is', () => {
  const counts = [
    { bucket: 0, count: 9 },
    { bucket: 100, count: 1 },
  ]
  expect(percentiles(counts, [0.5, 0.9, 0.95])).toEqual([
    expect.closeTo(0.99, 2),
    expect.closeTo(0.99, 2),
    expect.closeTo(7.17, 2),
  ])
})
