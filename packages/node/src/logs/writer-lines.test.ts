import { Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LineQueue } from './line-queue.ts'
import { LogReport } from './log-report.ts'
import { keepWarnings, type Warnings } from '../../test/support/warnings.ts'
import { type LineWriter, WriterLines } from './writer-lines.ts'

let warnings: Warnings

beforeEach(() => {
  warnings = keepWarnings()
})
afterEach(() => warnings[Symbol.dispose]())

function queueTo(writer: LineWriter): LineQueue {
  const report = new LogReport('the test', 'Fix it')
  return new LineQueue(new WriterLines(writer, report), report)
}

const CANNOT = (why: string): string =>
  `cannot write the log of calls to the test (${why}); the application is not affected. Fix it`
const LOST = (lines: string, why: string): string =>
  `${lines} of the log of calls could not be written to the test (${why})`

test('a function gets one line at a time', async () => {
  const lines: string[] = []
  const queue = queueTo({ write: (line) => void lines.push(line) })
  queue.add('1\n')
  queue.add('2\n')
  await queue.flush()
  expect(lines).toEqual(['1\n', '2\n'])
})

test('a stream that has enough is waited for', async () => {
  const taken: string[] = []
  const goOn: (() => void)[] = []
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _, done) {
      taken.push(chunk.toString())
      goOn.push(done)
    },
  })
  const queue = queueTo(stream)
  queue.add('1\n')
  queue.add('2\n')
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect([taken, queue.hasPending()]).toEqual([['1\n'], true])
  goOn[0]?.()
  await new Promise(setImmediate)
  expect(taken).toEqual(['1\n', '2\n'])
  goOn[1]?.()
  await queue.flush()
  expect(queue.hasPending()).toBe(false)
})

test.each([
  [
    'throws',
    () => {
      throw new RangeError('no')
    },
  ],
  ['rejects', () => Promise.reject(new RangeError('no'))],
])('a function that %s loses its line, and is asked again', async (_, fail) => {
  const lines: string[] = []
  const queue = queueTo({ write: (line) => (line === '1\n' ? fail() : lines.push(line)) })
  queue.add('1\n')
  queue.add('2\n')
  await queue.flush()
  queue.tellLosses()
  expect(lines).toEqual(['2\n'])
  expect(warnings.messages).toEqual([CANNOT('RangeError'), LOST('1 line', 'RangeError')])
})

test('at the end of the process a function that rejects is no unhandled rejection', async () => {
  const queue = queueTo({ write: () => Promise.reject(new RangeError('no')) })
  queue.add('1\n')
  queue.writeNow(0)
  await new Promise(setImmediate)
  queue.tellLosses()
  expect(warnings.messages.at(-1)).toBe(LOST('1 line', 'RangeError'))
})

test('a stream that breaks, and has no listener of its own, does not end the process', async () => {
  const failure = Object.assign(new Error('broken pipe'), { code: 'EPIPE' })
  const queue = queueTo(new Writable({ write: (_chunk, _encoding, done) => done(failure) }))
  queue.add('1\n')
  await queue.flush()
  await new Promise(setImmediate)
  queue.tellLosses()
  expect(warnings.messages).toEqual([CANNOT('EPIPE'), LOST('1 line', 'EPIPE')])
})
