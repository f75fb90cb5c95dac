import { AsyncLocalStorage } from 'node:async_hooks'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LineQueue } from './line-queue.ts'
import type { LineTarget } from './line-target.ts'
import { LogReport } from './log-report.ts'
import { keepWarnings, type Warnings } from '../../test/support/warnings.ts'

let warnings: Warnings

beforeEach(() => {
  warnings = keepWarnings()
})
afterEach(() => warnings[Symbol.dispose]())

/** Keeps what it is given, and is as slow as the test wants. */
class Kept implements LineTarget {
  readonly batchSize = 10
  readonly batches: string[] = []
  readonly goOn: (() => void)[] = []
  isSlow = false

  async write(lines: string): Promise<void> {
    this.batches.push(lines)
    if (this.isSlow) await new Promise<void>((resolve) => this.goOn.push(resolve))
  }

  writeNow(lines: string): void {
    if (lines !== '') this.batches.push(lines)
  }

  async close(): Promise<void> {}
}

const queueTo = (target: LineTarget): LineQueue => new LineQueue(target, new LogReport('the test', 'Fix it'))

test('nothing is written while a call is being recorded', async () => {
  const target = new Kept()
  const queue = queueTo(target)
  queue.add('a\n')
  await Promise.resolve()
  expect([target.batches, queue.hasPending()]).toEqual([[], true])
  await queue.flush()
  expect([target.batches, queue.hasPending()]).toEqual([['a\n'], false])
})

test('any lines are written once, whole and in order, whenever the process ends', async () => {
  const line = fc.string({ maxLength: 20 }).map((text) => `${text.replaceAll('\n', ' ')}\n`)
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(line), fc.boolean(), async (first, second, endsAtOnce) => {
      const target = new Kept()
      const queue = queueTo(target)
      for (const text of first) queue.add(text)
      if (!endsAtOnce) await queue.flush()
      for (const text of second) queue.add(text)
      queue.writeNow(0)
      await queue.flush()
      expect(target.batches.join('')).toBe([...first, ...second].join(''))
      expect(target.batches.every((batch) => batch.length <= 10 || batch.indexOf('\n') === batch.length - 1)).toBe(true)
      expect(queue.hasPending()).toBe(false)
    }),
  )
})

test('what is added while a write is under way comes after it', async () => {
  const target = new Kept()
  target.isSlow = true
  const queue = queueTo(target)
  queue.add('1\n')
  await new Promise(setImmediate)
  queue.add('2\n')
  expect([target.batches, queue.hasPending()]).toEqual([['1\n'], true])
  target.isSlow = false
  target.goOn[0]?.()
  await queue.flush()
  expect([target.batches, queue.hasPending()]).toEqual([['1\n', '2\n'], false])
})

test('no more than 4 MB wait for a target that does not write; the rest is lost, said once and counted at the end', async () => {
  const target = new Kept()
  target.isSlow = true
  const queue = queueTo(target)
  const megabyte = `${'x'.repeat(1024 * 1024 - 1)}\n`
  for (let count = 0; count < 7; count++) queue.add(megabyte)
  expect(warnings.messages).toEqual([
    'cannot write the log of calls to the test (more lines than can wait); the application is not affected. Fix it',
  ])
  queue.writeNow(0)
  queue.tellLosses()
  queue.tellLosses()
  expect(target.batches).toHaveLength(4)
  expect(warnings.messages.slice(1)).toEqual([
    '3 lines of the log of calls could not be written to the test (more lines than can wait)',
  ])
})

const raise = (): never => {
  throw new RangeError('no')
}

test('a target that throws loses its lines, and is asked again', async () => {
  const target = new Kept()
  const queue = queueTo(target)
  target.write = raise
  queue.add('1\n')
  await queue.flush()
  target.writeNow = raise
  queue.add('2\n')
  queue.writeNow(0)
  queue.tellLosses()
  expect(warnings.messages).toEqual([
    'cannot write the log of calls to the test (RangeError); the application is not affected. Fix it',
    '2 lines of the log of calls could not be written to the test (RangeError)',
  ])
})

test('lines are written outside of the context of the call', async () => {
  const storage = new AsyncLocalStorage<string>()
  const seen: (string | undefined)[] = []
  const target = new Kept()
  target.write = async () => void seen.push(storage.getStore())
  const queue = queueTo(target)
  storage.run('a request', () => queue.add('a\n'))
  await queue.flush()
  expect(seen).toEqual([undefined])
})
