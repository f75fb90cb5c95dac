import type { Histogram } from '@opentelemetry/sdk-metrics'

/** Both together, where their buckets are the same; else the second. */
export function addHistograms(one: Histogram, other: Histogram): Histogram {
  const { boundaries, counts } = other.buckets
  if (boundaries.join() !== one.buckets.boundaries.join()) return other
  return {
    buckets: { boundaries, counts: counts.map((count, index) => count + (one.buckets.counts[index] ?? 0)) },
    count: one.count + other.count,
    ...(one.sum !== undefined && other.sum !== undefined && { sum: one.sum + other.sum }),
    ...(one.min !== undefined && other.min !== undefined && { min: Math.min(one.min, other.min) }),
    ...(one.max !== undefined && other.max !== undefined && { max: Math.max(one.max, other.max) }),
  }
}
