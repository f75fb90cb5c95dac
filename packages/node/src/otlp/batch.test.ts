import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Batch } from './batch.ts'
import type { OtlpSender, Request } from './sender.ts'

/** A Collector that answers when it is told to. */
class Gate {
  readonly requests: string[] = []
  readonly lost: number[] = []
  #open: (() => void)[] = []
  readonly #underWay = new Set<Request>()

  send(request: Request): Promise<boolean> {
    this.requests.push(Buffer.from(request.body).toString())
    this.#underWay.add(request)
    return new Promise((resolve) => {
      this.#open.push(() => {
        this.#underWay.delete(request)
        resolve(true)
      })
    })
  }

  lose(count: number): void {
    this.lost.push(count)
  }

  takeUnderWay(): Request[] {
    return [...this.#underWay]
  }

  async answer(): Promise<void> {
    for (const open of this.#open.splice(0)) open()
    await vi.advanceTimersByTimeAsync(0)
  }
}

const gateAndBatch = (serialize = (items: string[]): Uint8Array | undefined => Buffer.from(items.join(''))) => {
  const gate = new Gate()
  const limits = { maxQueueSize: 4, maxBatchSize: 2, delayMs: 5000 }
  return { gate, batch: new Batch(gate as unknown as OtlpSender, serialize, limits) }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('an item waits for company, but not longer than the delay', async () => {
  const { gate, batch } = gateAndBatch()
  batch.add('a')
  await vi.advanceTimersByTimeAsync(4999)
  expect(gate.requests).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(gate.requests).toEqual(['a'])
})

test('a full batch leaves at once, and the next one when the first is answered', async () => {
  const { gate, batch } = gateAndBatch()
  for (const item of 'abcd') batch.add(item)
  expect(gate.requests).toEqual(['ab'])
  await gate.answer()
  expect(gate.requests).toEqual(['ab', 'cd'])
})

test('what the queue cannot hold is lost and counted', () => {
  const { gate, batch } = gateAndBatch()
  for (const item of 'abcdefgh') batch.add(item)
  expect(gate.lost).toEqual([1, 1])
})

test('a flush is done when everything that waited is answered', async () => {
  const { gate, batch } = gateAndBatch()
  for (const item of 'abc') batch.add(item)
  let done = false
  const flushed = batch.flush().then(() => (done = true))
  await gate.answer()
  expect([gate.requests, done]).toEqual([['ab', 'c'], false])
  await gate.answer()
  await flushed
  expect(batch.hasPending()).toBe(false)
})

test('taking all takes what is under way as well as what waits', () => {
  const { batch } = gateAndBatch()
  for (const item of 'abc') batch.add(item)
  expect(batch.takeAll().map(({ body, count }) => [Buffer.from(body).toString(), count])).toEqual([
    ['ab', 2],
    ['c', 1],
  ])
  expect(batch.hasPending()).toBe(false)
})

test('items that cannot be serialized are lost, and do not hold the others up', async () => {
  const { gate, batch } = gateAndBatch((items) => {
    if (items.includes('a')) throw new Error('on purpose')
    return Buffer.from(items.join(''))
  })
  for (const item of 'abc') batch.add(item)
  const flushed = batch.flush()
  await gate.answer()
  await flushed
  expect([gate.lost, gate.requests]).toEqual([[2], ['c']])
})
