import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ChunkClock } from './chunk-clock.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

function tickAfter(clock: ChunkClock, milliseconds: number): void {
  vi.advanceTimersByTime(milliseconds)
  clock.tick()
}

test('the first chunk is timed from the request, and every later one from the chunk before', () => {
  const clock = new ChunkClock(performance.now())
  for (const milliseconds of [250, 40, 10]) tickAfter(clock, milliseconds)
  expect(clock.chunks).toBe(3)
  expect(clock.timeToFirstChunk).toBe(0.25)
  expect(clock.gaps).toEqual([0.04, 0.01])
})

test('a stream of one chunk has no gap', () => {
  const clock = new ChunkClock(performance.now())
  tickAfter(clock, 250)
  expect(clock.gaps).toEqual([])
})
