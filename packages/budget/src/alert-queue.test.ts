import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { alertOf } from '../test/support/alerts.ts'
import { listenToDiag } from '../test/support/said.ts'
import type { Alert } from './alert.ts'
import { AlertQueue } from './alert-queue.ts'
import { callback } from './notify/callback.ts'
import { LaterFailure, type Notifier, PermanentFailure } from './notify/notifier.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface Tried {
  readonly notifier: Notifier
  /** Ids of the alerts, once for each attempt. */
  readonly attempts: string[]
}

/** A notifier that fails as it is told, attempt by attempt, and then delivers. */
function failing(name: string, ...failures: readonly Error[]): Tried {
  const attempts: string[] = []
  const notify = ({ id }: Alert): Promise<void> => {
    const failure = failures[attempts.length]
    attempts.push(id)
    return failure ? Promise.reject(failure) : Promise.resolve()
  }
  return { notifier: { name, notify }, attempts }
}

const DOWN = new Error('down')

test.each([
  ['shortest', 0, [500, 1000, 2000]],
  ['longest', 1, [1000, 2000, 4000]],
])('alerts are delivered in their order, after pauses that double; the %s are as long', async (_, random, pauses) => {
  const { notifier, attempts } = failing('doubling', DOWN, DOWN, DOWN)
  vi.spyOn(Math, 'random').mockReturnValue(random)
  const queue = new AlertQueue(notifier)
  queue.push(alertOf({ id: 'a' }))
  queue.push(alertOf({ id: 'b' }))
  await turn()
  for (const [index, pause] of pauses.entries()) {
    await vi.advanceTimersByTimeAsync(pause - 1)
    expect(attempts).toHaveLength(index + 1)
    await vi.advanceTimersByTimeAsync(1)
  }
  expect(attempts).toEqual(['a', 'a', 'a', 'a', 'b'])
  expect(queue.pending).toBe(0)
})

test('a server that names a time is asked again then', async () => {
  const { notifier, attempts } = failing('later', new LaterFailure('HTTP 429', 30_000))
  new AlertQueue(notifier).push(alertOf())
  await vi.advanceTimersByTimeAsync(29_999)
  expect(attempts).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(attempts).toHaveLength(2)
})

test('an alert that is refused for good is dropped, and the next one is tried', async () => {
  const { notifier, attempts } = failing('for good', new PermanentFailure('HTTP 404'))
  const queue = new AlertQueue(notifier)
  queue.push(alertOf({ id: 'a' }))
  queue.push(alertOf({ id: 'b' }))
  await turn()
  expect(attempts).toEqual(['a', 'b'])
  expect(queue.pending).toBe(0)
})

test('a notifier that is down is told once, and nothing of what it threw but the name', async () => {
  using said = listenToDiag()
  const secret = new TypeError('https://hooks.example.com/secret-token')
  const { notifier } = failing('talkative', secret, secret, secret)
  new AlertQueue(notifier).push(alertOf())
  await vi.advanceTimersByTimeAsync(10_000)
  expect(said.lines).toEqual([
    'tokenmeter: the notifier "talkative" cannot deliver an alert (TypeError); it is tried again, and calls are not affected',
  ])
})

test('a notifier that never settles is left after ten seconds', async () => {
  const seen: string[] = []
  const queue = new AlertQueue(
    callback(({ id }) => {
      seen.push(id)
      return seen.length === 1 ? new Promise(() => {}) : undefined
    }),
  )
  queue.push(alertOf())
  await vi.advanceTimersByTimeAsync(12_000)
  expect(seen).toHaveLength(2)
  expect(queue.pending).toBe(0)
})

test('no more than a hundred alerts wait, and the oldest make room', async () => {
  const { notifier } = failing('full', ...Array.from({ length: 20 }, () => DOWN))
  const queue = new AlertQueue(notifier)
  for (let n = 1; n <= 103; n++) queue.push(alertOf({ id: String(n) }))
  const left = queue.takeAll()
  expect([left.length, left[0]?.id, left.at(-1)?.id]).toEqual([100, '4', '103'])
})

test('in a hurry each alert is tried at once, and what cannot be delivered can be taken over', async () => {
  const { notifier, attempts } = failing('hurried', DOWN, DOWN)
  const queue = new AlertQueue(notifier)
  queue.push(alertOf())
  await turn()
  await queue.hurry()
  expect(attempts).toHaveLength(2)
  expect(queue.takeAll()).toEqual([alertOf()])
  expect(queue.pending).toBe(0)
})

test('a callback that throws is called again with the same alert', async () => {
  const seen: string[] = []
  const queue = new AlertQueue(
    callback(({ id }) => {
      seen.push(id)
      if (seen.length === 1) throw new Error('not yet')
    }, 'throwing'),
  )
  queue.push(alertOf())
  await vi.advanceTimersByTimeAsync(1000)
  expect(seen).toEqual(['a1', 'a1'])
})
