import { metrics } from '@opentelemetry/api'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import {
  type Alert,
  BudgetExceededError,
  type BudgetOptions,
  type BudgetSettings,
  type Budgets,
  callback,
  createBudgets,
  memoryStore,
} from '@tokenmeter/budget'
import { getMonitor } from '@tokenmeter/meter'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, callOf, requestOf, spend } from './support/calls.ts'
import { listenToDiag } from './support/said.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  vi.setSystemTime('2026-11-27T12:00:00Z')
})
afterEach(() => {
  vi.useRealTimers()
})

/** Budgets in memory whose alerts are kept. They end with the scope. */
interface KeptBudgets extends AsyncDisposable {
  readonly budgets: Budgets
  readonly alerts: Alert[]
}

function keep(settings: Partial<BudgetSettings>, options: Partial<BudgetOptions> = {}): KeptBudgets {
  const alerts: Alert[] = []
  const budgets = createBudgets({
    store: 'memory',
    notifiers: [callback((alert) => alerts.push(alert))],
    budgets: [{ name: 'team', limitUsd: '1', period: 'month', ...settings }],
    ...options,
  })
  return { budgets, alerts, [Symbol.asyncDispose]: () => budgets.close() }
}

const spentOf = (budgets: Budgets): Record<string, bigint> =>
  Object.fromEntries(
    budgets.standings().map(({ budget, account, spentPicoUsd }) => [`${budget}/${account ?? ''}`, spentPicoUsd]),
  )

test('an alert says exactly what was spent, of what, until when, and which calls are not in it', async () => {
  await using kept = keep({ timeZone: 'Europe/Berlin' })
  spend(kept.budgets, { unpriced: true })
  spend(kept.budgets, { usd: '0.500000000001' })
  await kept.budgets.flush()
  expect(kept.alerts).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      kind: 'budget',
      text: 'Budget team: 0.500000000001 of 1 USD spent (50 % reached; month, until 2026-11-30T23:00:00.000Z); one call more has a cost that nobody knows.',
      at: '2026-11-27T12:00:00.000Z',
      budget: 'team',
      period: 'month',
      resetsAt: '2026-11-30T23:00:00.000Z',
      percent: 50,
      spentUsd: '0.500000000001',
      limitUsd: '1',
      unpricedCalls: 1,
      coverage: 'process',
    },
  ])
})

test('a budget counts the calls that match, and with `per` each tenant has an account', async () => {
  const options = {
    budgets: [
      { name: 'all', limitUsd: '1', period: 'day' },
      { name: 'search', limitUsd: '1', period: 'day', match: { feature: 'search' } },
      { name: 'nano', limitUsd: '1', period: 'day', match: { model: 'gpt-4.1-nano' } },
      { name: 'tenants', limitUsd: '1', period: 'day', per: 'tenant' },
    ],
  } as const
  await using kept = keep({}, options)
  spend(kept.budgets, { usd: '0.01', attribution: { feature: 'search', tenant: 'acme' } })
  spend(kept.budgets, { usd: '0.02', attribution: { feature: 'chat', tenant: 'acme' } })
  spend(kept.budgets, { usd: '0.04', attribution: { tenant: 'zeta' }, model: 'gpt-4.1-nano' })
  spend(kept.budgets, { usd: '0.08' })
  await kept.budgets.flush()
  expect(spentOf(kept.budgets)).toEqual({
    'all/': 150_000_000_000n,
    'search/': 10_000_000_000n,
    'nano/': 40_000_000_000n,
    'tenants/acme': 30_000_000_000n,
    'tenants/zeta': 40_000_000_000n,
  })
})

describe('a budget that blocks', () => {
  test('refuses calls when what is spent and set aside has reached the limit', async () => {
    await using kept = keep({ mode: 'block' })
    const first = ask(kept.budgets, requestOf('0.60'))
    const second = ask(kept.budgets, requestOf('0.60'))
    const third = ask(kept.budgets, requestOf('0.60'))
    expect(await Promise.all([first.refusal, second.refusal])).toEqual([undefined, undefined])
    const error = await third.refusal
    expect(error).toBeInstanceOf(BudgetExceededError)
    expect(error).toMatchObject({
      name: 'BudgetExceededError',
      code: 'budget_exceeded',
      message:
        'The request was not sent, by the budget "team": 0 USD were spent and 1.2 USD are set aside, of 1 USD (month).',
      budget: 'team',
      period: 'month',
      spentUsd: '0',
      heldUsd: '1.2',
      limitUsd: '1',
      resetsAt: new Date('2026-12-01T00:00:00Z'),
    })
    third.ended(callOf())
    first.ended(callOf({ usd: '0.10' }))
    second.ended(callOf())
    await kept.budgets.flush()
    expect(spentOf(kept.budgets)).toEqual({ 'team/': 100_000_000_000n })
    expect(await ask(kept.budgets, requestOf('0.60')).refusal).toBeUndefined()
  })

  test('lets calls through again when the next period begins', async () => {
    await using kept = keep({ mode: 'block', period: 'day', timeZone: 'Asia/Tokyo' })
    spend(kept.budgets, { usd: '1' })
    expect(await ask(kept.budgets, requestOf('0.1')).refusal).toBeInstanceOf(BudgetExceededError)
    vi.setSystemTime('2026-11-27T15:00:00Z')
    expect(await ask(kept.budgets, requestOf('0.1')).refusal).toBeUndefined()
  })

  test('gives back what other budgets have set aside for the refused call', async () => {
    const budgets = [
      { name: 'wide', limitUsd: '1', period: 'day', mode: 'block' },
      { name: 'narrow', limitUsd: '0.1', period: 'day', mode: 'block' },
    ] as const
    await using kept = keep({}, { budgets })
    spend(kept.budgets, { usd: '0.1' })
    const refused = ask(kept.budgets, requestOf('0.6'))
    expect(await refused.refusal).toMatchObject({ budget: 'narrow' })
    refused.ended(callOf())
    await kept.budgets.flush()
    expect(kept.budgets.standings().map(({ heldPicoUsd }) => heldPicoUsd)).toEqual([0n, 0n])
  })

  test('names whose account it is', async () => {
    await using kept = keep({ mode: 'block', per: 'tenant' })
    const attribution = { tenant: 'acme' }
    spend(kept.budgets, { usd: '1', attribution })
    expect(await ask(kept.budgets, requestOf('0.1'), { attribution }).refusal).toMatchObject({
      account: 'acme',
      message:
        'The request was not sent, by the budget "team" of "acme": 1 USD were spent and 0 USD are set aside, of 1 USD (month).',
    })
    expect(await ask(kept.budgets, requestOf('0.1'), { attribution: { tenant: 'zeta' } }).refusal).toBeUndefined()
    // Nobody's calls are nobody's budget.
    expect(ask(kept.budgets, requestOf('0.1')).refusal).toBeUndefined()
  })

  test('lets calls without a bound leave with nothing set aside, which is said once', async () => {
    using said = listenToDiag()
    await using kept = keep({ name: 'unbounded', mode: 'block' })
    const decisions = await Promise.all([1, 2, 3].map(() => ask(kept.budgets, requestOf()).refusal))
    expect(decisions).toEqual([undefined, undefined, undefined])
    expect(kept.budgets.standings()[0]?.heldPicoUsd).toBe(0n)
    expect(said.lines).toEqual([expect.stringContaining('lets calls through of which nobody knows what they cost')])
  })

  test('can refuse calls without a bound, or set an amount aside for them', async () => {
    await using strict = keep({ mode: 'block', unbounded: 'block' })
    expect(await ask(strict.budgets, requestOf()).refusal).toMatchObject({ code: 'budget_unbounded' })
    await using assuming = keep({ mode: 'block', unbounded: '0.6' })
    const decisions = await Promise.all([1, 2, 3].map(() => ask(assuming.budgets, requestOf()).refusal))
    expect(decisions).toEqual([undefined, undefined, expect.any(BudgetExceededError)])
  })

  test('does not refuse to fetch what was paid for, nor what costs nothing', async () => {
    await using kept = keep({ mode: 'block', unbounded: 'block' })
    spend(kept.budgets, { usd: '1' })
    for (const operation of ['response_retrieval', 'batch_retrieval', 'administration', 'moderation'] as const) {
      expect(ask(kept.budgets, requestOf(), { operation }).refusal).toBeUndefined()
    }
  })

  test('counts a call that cannot be held back, and does not refuse it', async () => {
    await using kept = keep({ mode: 'block' })
    spend(kept.budgets, { usd: '1' })
    expect(kept.budgets.admit(callOf(), undefined)?.refusal).toBeUndefined()
  })
})

describe('a budget that throttles', () => {
  test('holds a call back until another one gives room, and lets it leave then', async () => {
    await using kept = keep({ mode: 'throttle' })
    const first = ask(kept.budgets, requestOf('1'))
    await first.refusal
    let hasLeft = false
    const second = ask(kept.budgets, requestOf('1')).refusal?.then(() => (hasLeft = true))
    await vi.advanceTimersByTimeAsync(5000)
    expect(hasLeft).toBe(false)
    first.ended(callOf({ usd: '0.5' }))
    await second
    expect(Date.now()).toBe(Date.parse('2026-11-27T12:00:05Z'))
  })

  test('lets a call leave when it has waited long enough, and counts it', async () => {
    await using kept = keep({ mode: 'throttle', throttleSeconds: 3 })
    spend(kept.budgets, { usd: '1' })
    const late = ask(kept.budgets, requestOf('0.5'))
    await vi.advanceTimersByTimeAsync(2999)
    expect(kept.budgets.standings()[0]?.heldPicoUsd).toBe(0n)
    await vi.advanceTimersByTimeAsync(1)
    expect(await late.refusal).toBeUndefined()
    expect(kept.budgets.standings()[0]?.heldPicoUsd).toBe(500_000_000_000n)
    late.ended(callOf({ usd: '0.25' }))
    await kept.budgets.flush()
    expect(spentOf(kept.budgets)).toEqual({ 'team/': 1_250_000_000_000n })
  })

  test('does not hold a call that the application has given up', async () => {
    await using kept = keep({ mode: 'throttle' })
    spend(kept.budgets, { usd: '1' })
    const given = new AbortController()
    const { refusal } = ask(kept.budgets, requestOf('0.5', given.signal))
    await vi.advanceTimersByTimeAsync(0)
    given.abort()
    expect(await refusal).toBeUndefined()
    expect(Date.now()).toBe(Date.parse('2026-11-27T12:00:00Z'))
  })
})

describe('a store that cannot be used', () => {
  const broken = { ...memoryStore(), update: () => Promise.reject(new Error('no connection')) }

  test('lets calls go on, and is said once', async () => {
    using said = listenToDiag()
    await using kept = keep({ mode: 'block' }, { store: broken })
    expect(await ask(kept.budgets, requestOf('5')).refusal).toBeUndefined()
    spend(kept.budgets, { usd: '5' })
    expect(await ask(kept.budgets, requestOf('5')).refusal).toBeUndefined()
    expect(spentOf(kept.budgets)).toEqual({ 'team/': 5_000_000_000_000n })
    expect(said.lines).toEqual([
      'tokenmeter: the store of the budgets cannot be used (no connection); calls go on without their limit, and what they cost is counted when it can be again',
    ])
  })

  test('refuses calls where that is asked for', async () => {
    await using kept = keep({ mode: 'block' }, { store: broken, onStoreFailure: 'block' })
    expect(await ask(kept.budgets, requestOf('5')).refusal).toMatchObject({ code: 'budget_unavailable' })
  })

  test('holds a call for two seconds when it does not answer, and the next ones not at all', async () => {
    const silent = { ...memoryStore(), update: () => new Promise<never>(() => {}) }
    const kept = keep({ mode: 'block' }, { store: silent })
    const { refusal } = ask(kept.budgets, requestOf('5'))
    await vi.advanceTimersByTimeAsync(2000)
    expect(await refusal).toBeUndefined()
    expect(await ask(kept.budgets, requestOf('5')).refusal).toBeUndefined()
    expect(Date.now()).toBe(Date.parse('2026-11-27T12:00:02Z'))
    const closing = kept.budgets.close()
    await vi.advanceTimersByTimeAsync(2000)
    await closing
  })
})

test('alerts that nobody could be told of, and that no folder keeps, are said when the budgets end', async () => {
  using said = listenToDiag()
  const deaf = callback(() => Promise.reject(new Error('down')), 'deaf')
  const kept = keep({}, { notifiers: [deaf] })
  spend(kept.budgets, { usd: '0.5' })
  await kept.budgets.close()
  expect(said.lines.at(-1)).toBe(
    'tokenmeter: one alert of a budget was not delivered before the process ended; with `directory` the next process would deliver it',
  )
})

class PullReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

test('the gauges show what is spent of each account and limit, at every collection; of users they show nothing', async () => {
  const reader = new PullReader()
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  getMonitor().recordError('none', 'none')
  const read = async (name: string): Promise<unknown[]> => {
    const { resourceMetrics } = await reader.collect()
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
    const points = all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
    return points.map(({ attributes, value }) => [attributes['budget'], attributes['period'], value])
  }
  const kept = keep(
    {},
    {
      budgets: [
        { name: 'app', limitUsd: '2', period: 'day' },
        { name: 'tenants', limitUsd: '0.5', period: '24h', per: 'tenant' },
        { name: 'users', limitUsd: '0.5', period: '24h', per: 'user' },
      ],
    },
  )
  spend(kept.budgets, { usd: '0.25', attribution: { tenant: 'acme', user: 'jane' } })
  expect(await read('ai.budget.spent_usd')).toEqual([
    ['app', 'day', 0.25],
    ['tenants/acme', '24h', 0.25],
  ])
  expect(await read('ai.budget.limit_usd')).toEqual([
    ['app', 'day', 2],
    ['tenants/acme', '24h', 0.5],
  ])
  vi.setSystemTime('2026-11-28T00:00:00Z')
  expect(await read('ai.budget.spent_usd')).toEqual([
    ['app', 'day', 0],
    ['tenants/acme', '24h', 0.25],
  ])
  await kept.budgets.close()
  metrics.disable()
})
