import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTimeZone } from './local-calendar.ts'
import { createPeriod, type PeriodClock } from './period.ts'

const HOUR_MS = 3_600_000

function period(name: string, timeZone = 'UTC'): PeriodClock {
  const clock = createPeriod(name, timeZone)
  if (!clock) throw new Error(`${name} is no period`)
  return clock
}

function bounds(name: string, timeZone: string, at: string): (string | undefined)[] {
  const { start, end } = period(name, timeZone).bounds(Date.parse(at))
  return [start, end].map((time) => (time === undefined ? undefined : new Date(time).toISOString()))
}

test('a day begins at midnight of its zone', () => {
  expect(bounds('day', 'UTC', '2026-11-27T23:30:00Z')).toEqual(['2026-11-27T00:00:00.000Z', '2026-11-28T00:00:00.000Z'])
  expect(bounds('day', 'Europe/Berlin', '2026-11-27T23:30:00Z')).toEqual([
    '2026-11-27T23:00:00.000Z',
    '2026-11-28T23:00:00.000Z',
  ])
  expect(bounds('day', 'Asia/Kathmandu', '2026-11-27T18:14:59.999Z')).toEqual([
    '2026-11-26T18:15:00.000Z',
    '2026-11-27T18:15:00.000Z',
  ])
})

test('a day with a clock change has 23 or 25 hours', () => {
  expect(bounds('day', 'Europe/Berlin', '2026-03-29T12:00:00Z')).toEqual([
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T22:00:00.000Z',
  ])
  expect(bounds('day', 'Europe/Berlin', '2026-10-25T12:00:00Z')).toEqual([
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
  ])
})

test('where a clock change skips midnight, the day begins with the change', () => {
  // Egypt went from 00:00 to 01:00 on 2025-04-25.
  expect(bounds('day', 'Africa/Cairo', '2025-04-25T09:00:00Z')).toEqual([
    '2025-04-24T22:00:00.000Z',
    '2025-04-25T21:00:00.000Z',
  ])
})

test('where a zone skipped a day, the day before ends where the day after begins', () => {
  // Samoa had no 2011-12-30.
  expect(bounds('day', 'Pacific/Apia', '2011-12-30T09:00:00Z')).toEqual([
    '2011-12-29T10:00:00.000Z',
    '2011-12-30T10:00:00.000Z',
  ])
})

test('a month begins on its first day, in its zone', () => {
  expect(bounds('month', 'America/New_York', '2026-12-31T12:00:00Z')).toEqual([
    '2026-12-01T05:00:00.000Z',
    '2027-01-01T05:00:00.000Z',
  ])
  expect(bounds('month', 'America/New_York', '2026-03-15T12:00:00Z')).toEqual([
    '2026-03-01T05:00:00.000Z',
    '2026-04-01T04:00:00.000Z',
  ])
})

const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
const instant = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2037, 0) })

test('days and months of every zone hold their instants, and the next begins where one ends', () => {
  fc.assert(
    fc.property(zone, instant, fc.constantFrom('day', 'month'), (timeZone, at, name) => {
      const clock = createPeriod(name, timeZone)
      const { start, end = 0 } = clock?.bounds(at) ?? { start: 0 }
      expect(start).toBeLessThanOrEqual(at)
      expect(end).toBeGreaterThan(at)
      const fresh = createPeriod(name, timeZone)
      expect(fresh?.bounds(end).start).toBe(end)
      expect(fresh?.bounds(start).start).toBe(start)
      expect(clock?.sliceOf(at)).toBe(start)
    }),
    { numRuns: 200 },
  )
})

test('a window has no end, and what counts is what ended within it, or up to a sixtieth before', () => {
  const clock = period('24h')
  const now = Date.UTC(2026, 10, 27, 12, 10)
  expect(clock.bounds(now)).toEqual({ start: now - 24 * HOUR_MS, end: undefined })
  expect(new Date(clock.oldestSlice(now)).toISOString()).toBe('2026-11-26T12:00:00.000Z')
  expect(clock.sliceOf(now)).toBe(Date.UTC(2026, 10, 27, 12))
  expect(period('7d').oldestSlice(now)).toBe(period('168h').oldestSlice(now))
})

test('what is no period and no zone is refused', () => {
  for (const wrong of ['week', '0h', '32d', '745h', '1.5h', '', 7, null]) {
    expect(createPeriod(wrong, 'UTC'), String(wrong)).toBeUndefined()
  }
  expect(isTimeZone('Europe/Berlin')).toBe(true)
  for (const wrong of ['Berlin', '', 7, undefined]) expect(isTimeZone(wrong), String(wrong)).toBe(false)
})
