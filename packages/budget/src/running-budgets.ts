import { createHash, randomUUID } from 'node:crypto'
import {
  type Admission,
  type BudgetReading,
  type Call,
  type CallStart,
  DEFAULT_MAX_LABEL_VALUES,
  guard,
  type Operation,
  type PendingRequest,
  reportFailure,
  showBudgets,
  warnOnce,
} from '@tokenmeter/meter'
import type { Account, Standing, Verdict } from './account.ts'
import type { Crossing } from './account-state.ts'
import { budgetAlert } from './alert.ts'
import { AlertDesk } from './alert-desk.ts'
import { Budget } from './budget.ts'
import type { Budgets, BudgetStanding } from './budgets.ts'
import { CallAdmission, type Gate } from './call-admission.ts'
import { CostWatch } from './cost-watch.ts'
import { inTime } from './in-time.ts'
import type { BudgetPlan } from './read-budgets.ts'
import { Spool } from './spool.ts'

const MINUTE_MS = 60_000
/** A store that failed is not asked again before: a call after the other would wait for it. */
const STORE_PAUSE_MS = 5000
const IDLE_MS = 10 * MINUTE_MS
const FLUSH_TIMEOUT_MS = 2000

/** They cost nothing, or fetch what was paid for: without them an application could not even have that, or cancel it. */
const NEVER_HELD_BACK: ReadonlySet<Operation> = new Set<Operation>([
  'response_retrieval',
  'video_retrieval',
  'batch_retrieval',
  'administration',
  'token_count',
  'moderation',
])

/** What `createBudgets` starts. */
export class RunningBudgets implements Budgets {
  readonly #plan: BudgetPlan
  readonly #budgets: readonly Budget[]
  readonly #gates: readonly Budget[]
  readonly #desk: AlertDesk
  readonly #watch: CostWatch | undefined
  readonly #spool: Spool | undefined
  /** Accounts of budgets with `per` that the gauges show: they stay, because a series that is not written keeps its last value. */
  readonly #shown = new Set<Account>()
  readonly #timer: NodeJS.Timeout
  readonly #hide: () => void
  readonly #ready: Promise<void>
  #storeFailedAt = Number.NEGATIVE_INFINITY

  constructor(plan: BudgetPlan) {
    this.#plan = plan
    const around = {
      store: plan.store,
      now: Date.now,
      writer: randomUUID(),
      onCrossed: (budget: Budget, account: Account, crossing: Crossing, standing: Standing) =>
        this.#alert(budget, account, crossing, standing),
      onFailure: (error: unknown) => this.#failed(error),
    }
    this.#budgets = plan.budgets.map((rules) => new Budget(rules, around))
    this.#gates = this.#budgets.filter(({ rules }) => rules.mode !== 'warn')
    this.#desk = new AlertDesk(plan.notifiers)
    this.#watch = plan.monitor && new CostWatch(plan.monitor)
    this.#spool = plan.directory === undefined ? undefined : new Spool(plan.directory)
    this.#hide = showBudgets(() => this.#readings())
    this.#ready = inTime(() => this.#resume(), plan.storeTimeoutMs).catch((error: unknown) => this.#failed(error))
    void this.#ready.then(() => this.#sync())
    this.#timer = setInterval(() => guard('the minute of the budgets', () => this.#tick()), MINUTE_MS).unref()
    process.on('exit', this.#leave)
  }

  readonly #leave = (): void => this.leave()

  admit(call: CallStart, request: PendingRequest | undefined): Admission {
    const isHeldBack = request !== undefined && !NEVER_HELD_BACK.has(call.operation)
    const gates = isHeldBack ? this.#gates.flatMap((budget) => gateOf(budget, call)) : []
    return new CallAdmission(gates, request, {
      now: Date.now,
      ready: () => this.#ready,
      ask: (account, picoUsd, force) => this.#ask(account, picoUsd, force),
      blocksOnStoreFailure: this.#plan.blocksOnStoreFailure,
      count: (ended, holds) => this.#count(ended, holds),
    })
  }

  #ask(account: Account, picoUsd: bigint, force: boolean): ReturnType<Account['reserve']> {
    const { id, verdict } = account.reserve(picoUsd, force)
    if (Date.now() - this.#storeFailedAt < STORE_PAUSE_MS) return { id, verdict: Promise.resolve(undefined) }
    return { id, verdict: this.#inTime(verdict) }
  }

  /** The timer keeps the process: the application waits for its call. */
  async #inTime(verdict: Promise<Verdict | undefined>): Promise<Verdict | undefined> {
    const { storeTimeoutMs } = this.#plan
    let timer: NodeJS.Timeout | undefined
    const timeUp = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.#failed(new Error(`no answer within ${storeTimeoutMs} ms`))
        resolve(undefined)
      }, storeTimeoutMs)
    })
    const given = await Promise.race([verdict, timeUp])
    clearTimeout(timer)
    return given
  }

  #count(call: Call, holds: ReadonlyMap<Account, string>): void {
    const picoUsd = call.cost?.picoUsd
    const isUnpriced = call.unpriced !== undefined
    const cost = { picoUsd: picoUsd ?? 0n, unpriced: isUnpriced ? 1 : 0 }
    const accounts = new Set(holds.keys())
    if (picoUsd !== undefined || isUnpriced) {
      for (const budget of this.#budgets) {
        const account = budget.accountFor(call)
        if (account) accounts.add(account)
      }
      this.recordCost(picoUsd)
    }
    for (const account of accounts) account.settle(cost, holds.get(account))
  }

  /**
   * For the monitor.
   *
   * @param picoUsd absent when the cost of the call is unknown
   */
  recordCost(picoUsd: bigint | undefined): void {
    this.#watch?.record(picoUsd, Date.now()).forEach((alert) => this.#desk.push(alert))
  }

  standings(): readonly BudgetStanding[] {
    return this.#budgets.flatMap((budget) => [...budget.accounts()].map((account) => standingOf(budget, account)))
  }

  #readings(): BudgetReading[] {
    return this.#budgets.flatMap((budget) =>
      [...budget.accounts()].flatMap((account) => {
        if (budget.rules.per !== undefined && !this.#isShown(budget, account)) return []
        return [{ ...standingOf(budget, account), budget: account.key }]
      }),
    )
  }

  /** Raw users are no label values; of tenants, features and models there is a bounded number, always the same. */
  #isShown({ rules }: Budget, account: Account): boolean {
    if (rules.per === 'user') return false
    if (this.#shown.size < DEFAULT_MAX_LABEL_VALUES) this.#shown.add(account)
    return this.#shown.has(account)
  }

  #alert(budget: Budget, account: Account, { percent, writer, number }: Crossing, standing: Standing): void {
    const { rules } = budget
    const at = Date.now()
    this.#desk.push(
      budgetAlert({
        id: createHash('sha256').update(`${account.key} ${writer} ${number} ${percent}`).digest('hex').slice(0, 32),
        at,
        budget: rules.name,
        account: budget.holderOf(account),
        period: rules.clock.period,
        end: rules.clock.bounds(at).end,
        percent,
        spentPicoUsd: standing.spentPicoUsd,
        limitPicoUsd: rules.limitPicoUsd,
        unpriced: standing.unpriced,
        coverage: this.#plan.store.coverage,
      }),
    )
  }

  #failed(error: unknown): void {
    this.#storeFailedAt = Date.now()
    const consequence = this.#plan.blocksOnStoreFailure
      ? 'are refused where a budget blocks'
      : 'go on without their limit'
    const reason = error instanceof Error ? error.message : typeof error
    warnOnce(
      'budget store',
      `tokenmeter: the store of the budgets cannot be used (${reason}); calls ${consequence}, and what they cost is counted when it can be again`,
    )
  }

  /** Once at the beginning, and each minute, because other processes end at any time. */
  async #resume(): Promise<void> {
    try {
      for (const { batches, alerts } of (await this.#spool?.takeAll()) ?? []) {
        this.#desk.resume(alerts)
        for (const { key, batch } of batches) this.#accountByKey(key)?.absorb([batch])
      }
    } catch (error) {
      reportFailure('taking up what another process has left', error)
    }
  }

  #accountByKey(key: string): Account | undefined {
    for (const budget of this.#budgets) {
      const account = budget.accountByKey(key)
      if (account) return account
    }
    return undefined
  }

  #tick(): void {
    this.#watch?.check(Date.now()).forEach((alert) => this.#desk.push(alert))
    for (const budget of this.#budgets) {
      budget.forgetIdle(Date.now() - IDLE_MS, (account) => this.#shown.has(account))
    }
    void this.#resume().then(() => this.#sync())
  }

  async #sync(): Promise<void> {
    await Promise.all(this.#accounts().map((account) => account.sync()))
  }

  #accounts(): Account[] {
    return this.#budgets.flatMap((budget) => [...budget.accounts()])
  }

  get isPending(): boolean {
    return this.#desk.isPending || this.#accounts().some(({ isPending }) => isPending)
  }

  async flush(timeoutMs: number = FLUSH_TIMEOUT_MS): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const timeUp = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))
    const work = this.#ready.then(() => this.#sync()).then(() => this.#desk.hurry())
    await Promise.race([work.catch((error: unknown) => reportFailure('flushing budgets', error)), timeUp])
    clearTimeout(timer)
  }

  leave(): void {
    guard('leaving budgets to the next process', () => {
      const isShared = this.#plan.store.coverage !== 'process'
      const batches = this.#accounts().flatMap((account) =>
        account.takeBatches().map((batch) => ({ key: account.key, batch })),
      )
      const leftOver = { batches: isShared ? batches : [], alerts: this.#desk.takeAll() }
      if (leftOver.batches.length + leftOver.alerts.length === 0) return
      if (this.#spool) this.#spool.write(leftOver)
      else tellLoss(leftOver.alerts.length)
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
    this.leave()
    process.off('exit', this.#leave)
    this.#hide()
    await this.#plan.store.close?.().catch((error: unknown) => reportFailure('closing the store of the budgets', error))
  }
}

function standingOf(budget: Budget, account: Account): BudgetStanding {
  const { name, clock, limitPicoUsd } = budget.rules
  return {
    budget: name,
    account: budget.holderOf(account),
    period: clock.period,
    limitPicoUsd,
    ...account.standing(),
  }
}

function gateOf(budget: Budget, call: CallStart): Gate[] {
  const account = budget.accountFor(call)
  return account ? [{ budget, account }] : []
}

function tellLoss(alerts: number): void {
  warnOnce(
    'lost alerts',
    `tokenmeter: ${alerts === 1 ? 'one alert of a budget was' : `${alerts} alerts of budgets were`} not delivered before the process ended; with \`directory\` the next process would deliver ${alerts === 1 ? 'it' : 'them'}`,
  )
}
