import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Account, type AccountSurroundings } from './account.ts'
import { type AccountRules, type AccountState, heldOf, spentOf } from './account-state.ts'
import { memoryStore } from './memory-store.ts'
import { createPeriod } from './period.ts'
import { readState } from './state-text.ts'
import type { BudgetStore } from './store.ts'

const NOON = Date.UTC(2026, 10, 27, 12)
const HOUR_MS = 3_600_000

function rulesOf(limitPicoUsd: bigint, period = 'day'): AccountRules {
  const clock = createPeriod(period, 'UTC')
  if (!clock) throw new Error(`${period} is no period`)
  return { clock, limitPicoUsd, thresholds: [50, 80, 100] }
}

interface Watched {
  readonly account: Account
  /** Percents that were crossed, with what was spent then. */
  readonly crossed: string[]
  readonly failures: unknown[]
}

function accountIn(store: BudgetStore, rules: AccountRules, { now = () => NOON, writer = 'process 1' } = {}): Watched {
  const crossed: string[] = []
  const failures: unknown[] = []
  const around: AccountSurroundings = {
    store,
    now,
    writer,
    onCrossed: (_account, { percent }, { spentPicoUsd }) => crossed.push(`${percent} % at ${spentPicoUsd}`),
    onFailure: (error) => failures.push(error),
  }
  return { account: new Account('budget', rules, around), crossed, failures }
}

const priced = (picoUsd: bigint): { picoUsd: bigint; unpriced: number } => ({ picoUsd, unpriced: 0 })

test('what was set aside is given back when the call ends, and what it cost is spent', async () => {
  const { account } = accountIn(memoryStore(), rulesOf(100n))
  const { id, verdict } = account.reserve(30n, false)
  expect(await verdict).toEqual({ admitted: true, spentPicoUsd: 0n, heldPicoUsd: 30n, unpriced: 0 })
  account.settle(priced(20n), id)
  await account.sync()
  expect(account.standing()).toEqual({ spentPicoUsd: 20n, heldPicoUsd: 0n, unpriced: 0 })
})

test('a call that costs nothing, because it failed, gives everything back', async () => {
  const { account } = accountIn(memoryStore(), rulesOf(100n))
  const { id } = account.reserve(30n, false)
  account.settle(priced(0n), id)
  await account.sync()
  expect(account.standing()).toEqual({ spentPicoUsd: 0n, heldPicoUsd: 0n, unpriced: 0 })
})

test('a call whose cost is unknown is counted beside', async () => {
  const { account } = accountIn(memoryStore(), rulesOf(100n))
  const { id } = account.reserve(30n, false)
  account.settle({ picoUsd: 0n, unpriced: 1 }, id)
  await account.sync()
  expect(account.standing()).toEqual({ spentPicoUsd: 0n, heldPicoUsd: 0n, unpriced: 1 })
})

test('there is room until the limit is reached, by what is spent and what is set aside', async () => {
  const { account } = accountIn(memoryStore(), rulesOf(100n))
  account.settle(priced(60n))
  const verdicts = await Promise.all(
    [account.reserve(30n, false), account.reserve(50n, false), account.reserve(1n, false)].map(
      ({ verdict }) => verdict,
    ),
  )
  expect(verdicts.map((verdict) => verdict?.admitted)).toEqual([true, true, false])
  expect(account.standing()).toEqual({ spentPicoUsd: 60n, heldPicoUsd: 80n, unpriced: 0 })
})

test('each threshold is told once a period', async () => {
  let now = NOON
  const { account, crossed } = accountIn(memoryStore(), rulesOf(100n), { now: () => now })
  const spend = async (picoUsd: bigint): Promise<void> => {
    account.settle(priced(picoUsd))
    await account.sync()
  }
  await spend(49n)
  await spend(1n)
  await spend(1n)
  await spend(60n)
  await spend(10n)
  expect(crossed).toEqual(['50 % at 50', '80 % at 111', '100 % at 111'])
  now += 12 * HOUR_MS
  expect(account.standing().spentPicoUsd).toBe(0n)
  await spend(50n)
  expect(crossed.slice(3)).toEqual(['50 % at 50'])
})

test('a restart remembers what was spent and told', async () => {
  const store = memoryStore()
  const first = accountIn(store, rulesOf(100n))
  first.account.settle(priced(85n))
  await first.account.sync()
  expect(first.crossed).toEqual(['50 % at 85', '80 % at 85'])
  const second = accountIn(store, rulesOf(100n), { writer: 'process 2' })
  second.account.settle(priced(16n))
  await second.account.sync()
  expect(second.crossed).toEqual(['100 % at 101'])
})

test('in a window a threshold is told again only after spending was a tenth below it', async () => {
  let now = NOON
  const { account, crossed } = accountIn(memoryStore(), rulesOf(100n, '1h'), { now: () => now })
  const spendAfter = async (minutes: number, picoUsd: bigint): Promise<void> => {
    now += minutes * 60_000
    account.settle(priced(picoUsd))
    await account.sync()
  }
  await spendAfter(0, 4n)
  await spendAfter(30, 46n)
  expect(crossed).toEqual(['50 % at 50'])
  // The 4 are forgotten: 46 and 4 are no news.
  await spendAfter(31, 4n)
  expect(crossed).toHaveLength(1)
  // The 46 are forgotten, too.
  await spendAfter(30, 1n)
  await spendAfter(1, 48n)
  expect(crossed).toEqual(['50 % at 50', '50 % at 53'])
})

test('what a process has set aside that died is given up after five minutes; what a living one has set aside is not', async () => {
  let now = NOON
  const store = memoryStore()
  const dead = accountIn(store, rulesOf(100n), { now: () => now })
  await dead.account.reserve(60n, false).verdict
  const living = accountIn(store, rulesOf(100n), { now: () => now, writer: 'process 2' })
  await living.account.reserve(30n, false).verdict
  for (let minute = 1; minute <= 5; minute++) {
    now += 60_000
    await living.account.sync()
  }
  expect(living.account.standing().heldPicoUsd).toBe(30n)
})

test('what ended before midnight, and reaches the store after it, does not count for the new day', async () => {
  let now = NOON + 12 * HOUR_MS - 1
  const store = { ...memoryStore(), gatherMs: 60_000 }
  const { account } = accountIn(store, rulesOf(100n), { now: () => now })
  account.settle(priced(70n))
  now += 1
  account.settle(priced(5n))
  await account.sync()
  expect(account.standing().spentPicoUsd).toBe(5n)
})

test('what a store could not take is brought to it later, once', async () => {
  const memory = memoryStore()
  let isBroken = true
  const store: BudgetStore = {
    ...memory,
    update: (key, change) => (isBroken ? Promise.reject(new Error('down')) : memory.update(key, change)),
  }
  const { account, failures } = accountIn(store, rulesOf(100n))
  const { verdict } = account.reserve(10n, false)
  expect(await verdict).toBeUndefined()
  account.settle(priced(10n))
  account.settle(priced(50n))
  expect(await account.sync()).toBe(false)
  expect(failures.length).toBeGreaterThan(0)
  expect(account.standing().spentPicoUsd).toBe(60n)
  isBroken = false
  expect(await account.sync()).toBe(true)
  expect(spentOf(readState(await textOf(memory)))).toBe(60n)
})

test('what is left to another process counts once, even if it had reached the store', async () => {
  const memory = memoryStore()
  const store = { ...memory, gatherMs: 60_000 }
  const dying = accountIn(store, rulesOf(100n))
  dying.account.settle(priced(30n))
  const onItsWay = dying.account.sync()
  dying.account.settle(priced(25n))
  const batches = dying.account.takeBatches()
  await onItsWay
  const next = accountIn(store, rulesOf(100n), { writer: 'process 2' })
  next.account.absorb(batches)
  await next.account.sync()
  expect(spentOf(readState(await textOf(memory)))).toBe(55n)
  expect(next.crossed).toEqual(['50 % at 55'])
})

test('what is left to others, and what is spent after it, both count, whichever reaches the store first', async () => {
  const memory = memoryStore()
  const { account } = accountIn({ ...memory, gatherMs: 60_000 }, rulesOf(100n))
  account.settle(priced(30n))
  const left = account.takeBatches()
  account.settle(priced(25n))
  await account.sync()
  account.absorb(left)
  await account.sync()
  expect(spentOf(readState(await textOf(memory)))).toBe(55n)
})

test('a call that ends before it is answered leaves nothing set aside', async () => {
  const memory = memoryStore()
  const { account } = accountIn(memory, rulesOf(100n))
  const first = account.reserve(10n, false)
  const second = account.reserve(20n, false)
  account.settle(priced(0n), first.id)
  account.settle(priced(0n), second.id)
  await Promise.all([first.verdict, second.verdict])
  await account.sync()
  expect(heldOf(readState(await textOf(memory)))).toBe(0n)
})

function textOf(store: BudgetStore): Promise<string> {
  return store.update('budget', (text = '') => ({ text, result: text }))
}

interface SimulatedCall {
  readonly process: number
  readonly bound: bigint
  readonly cost: bigint
  readonly endsUnknown: boolean
}

const simulatedCall: fc.Arbitrary<SimulatedCall> = fc
  .record({ process: fc.nat(2), bound: fc.bigInt(0n, 40n), share: fc.nat(100), endsUnknown: fc.boolean() })
  .map(({ process, bound, share, endsUnknown }) => ({
    process,
    bound,
    cost: (bound * BigInt(share)) / 100n,
    endsUnknown,
  }))

/** A store between whose reads and writes others come, and which fails, before or after it has written. */
function contestedStore(
  scheduler: fc.Scheduler,
  failures: Iterator<'before' | 'after' | undefined>,
  onWrite: (state: AccountState) => void,
): BudgetStore {
  let kept: string | undefined
  return {
    coverage: 'replicas',
    gatherMs: 0,
    update: async (_key, change) => {
      for (;;) {
        await scheduler.schedule(Promise.resolve(), 'read')
        const seen = kept
        const { text, result } = change(seen)
        await scheduler.schedule(Promise.resolve(), 'write')
        if (kept !== seen) continue
        const failure = failures.next().value
        if (failure === 'before') throw new Error('not written')
        kept = text
        onWrite(readState(text))
        if (failure === 'after') throw new Error('written, but nobody knows')
        return result
      }
    },
  }
}

const LIMIT = 100n

/** Makes all calls, in three processes that share a store, and returns what the admitted ones cost. */
async function makeCalls(
  scheduler: fc.Scheduler,
  calls: readonly SimulatedCall[],
  processes: readonly Watched[],
): Promise<bigint> {
  let spent = 0n
  const make = async ({ process, cost, bound, endsUnknown }: SimulatedCall): Promise<void> => {
    const account = (processes[process] as Watched).account
    const { id, verdict } = account.reserve(bound, false)
    if ((await verdict)?.admitted === false) return
    await scheduler.schedule(Promise.resolve(), 'on the wire')
    account.settle(endsUnknown ? { picoUsd: 0n, unpriced: 1 } : priced(cost), id)
    if (!endsUnknown) spent += cost
  }
  await scheduler.waitFor(Promise.all(calls.map(make)))
  for (const { account } of processes) while (account.isPending) await scheduler.waitFor(account.sync())
  await Promise.all(processes.map(({ account }) => scheduler.waitFor(account.sync())))
  return spent
}

test('in whatever order parallel calls of several processes come, they overshoot by no more than one bound', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(simulatedCall, { maxLength: 12 }), async (scheduler, calls) => {
      const largest = calls.reduce((most, { bound }) => (bound > most ? bound : most), 0n)
      let final: AccountState | undefined
      let peak = 0n
      const store = contestedStore(scheduler, [].values(), (state) => {
        final = state
        const taken = spentOf(state) + heldOf(state)
        if (taken > peak) peak = taken
      })
      const processes = [1, 2, 3].map((n) => accountIn(store, rulesOf(LIMIT), { writer: `process ${n}` }))
      const spent = await makeCalls(scheduler, calls, processes)
      expect(peak).toBeLessThan(LIMIT + largest)
      expect(final ? [spentOf(final), heldOf(final)] : [0n, 0n]).toEqual([spent, 0n])
      expectToldOnce(processes, spent)
    }),
    { numRuns: 300 },
  )
})

test('whenever the store fails, with or without having written, nothing is doubled and nothing is lost', async () => {
  const failure = fc.constantFrom('before', 'after', undefined)
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(simulatedCall, { maxLength: 10 }),
      fc.array(failure, { maxLength: 10 }),
      async (scheduler, calls, failures) => {
        let final: AccountState | undefined
        const store = contestedStore(scheduler, failures.values(), (state) => (final = state))
        const processes = [1, 2, 3].map((n) => accountIn(store, rulesOf(LIMIT), { writer: `process ${n}` }))
        const spent = await makeCalls(scheduler, calls, processes)
        expect(final ? spentOf(final) : 0n).toBe(spent)
        expectToldOnce(processes, spent)
      },
    ),
    { numRuns: 300 },
  )
})

function expectToldOnce(processes: readonly Watched[], spent: bigint): void {
  const told = processes.flatMap(({ crossed }) => crossed.map((text) => Number(text.split(' ')[0])))
  const reached = [50, 80, 100].filter((percent) => spent * 100n >= LIMIT * BigInt(percent))
  expect(told.sort((a, b) => a - b)).toEqual(reached)
}
