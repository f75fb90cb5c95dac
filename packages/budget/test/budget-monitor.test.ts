import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { BudgetMonitor, callback } from '@tokenmeter/budget'
import { afterEach, expect, test, vi } from 'vitest'
import { callOf } from './support/calls.ts'
import { listenToDiag } from './support/said.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('a monitor tells of costs that calls and others have come to', async () => {
  const told: string[] = []
  const monitor = new BudgetMonitor({ totalUsd: '1', notifiers: [callback(({ text: line }) => told.push(line))] })
  monitor.record(callOf({ usd: '0.4' }))
  monitor.record(callOf({ unpriced: true }))
  monitor.record(callOf())
  monitor.recordCost('0.6')
  await monitor.close()
  expect(told).toEqual([
    'AI cost: 1 USD spent since the process began (limit 1 USD); one call more has a cost that nobody knows.',
  ])
})

test('an amount that is none is refused, and nothing is counted', async () => {
  using said = listenToDiag()
  const told: unknown[] = []
  const monitor = new BudgetMonitor({ totalUsd: '0.01', notifiers: [callback((alert) => told.push(alert))] })
  monitor.recordCost(5 as never)
  monitor.recordCost('-5')
  await monitor.close()
  expect(told).toEqual([])
  expect(said.lines).toEqual([
    'tokenmeter: recordCost() was ignored: an amount must be a decimal in quotes such as "0.0125", got number',
  ])
})

test('a trend is looked for each minute', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const told: string[] = []
  const monitor = new BudgetMonitor({ trendFactor: 3, notifiers: [callback(({ kind }) => told.push(kind))] })
  for (const usd of ['1', '3']) for (let n = 0; n < 10; n++) monitor.recordCost(usd)
  await vi.advanceTimersByTimeAsync(59_999)
  expect(told).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(told).toEqual(['trend'])
  await monitor.close()
})

test('neither a monitor nor budgets keep a process alive', async () => {
  const program = fileURLToPath(new URL('programs/ends.mjs', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=source', program], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  expect([stdout, stderr, code]).toEqual(['the end\n', '', 0])
})
