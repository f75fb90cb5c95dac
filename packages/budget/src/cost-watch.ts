import { randomUUID } from 'node:crypto'
import { decimalUsd } from '@tokenmeter/meter'
import { type Alert, type AlertKind, beside } from './alert.ts'
import { Latch } from './latch.ts'

/** What a `BudgetMonitor` watches, read and complete. */
export interface CostWatchRules {
  readonly name: string
  readonly totalPicoUsd: bigint | undefined
  readonly rollingPicoUsd: bigint | undefined
  readonly window: number
  readonly trendPercent: number | undefined
  readonly cooldownMs: number
}

/** Half a window of fewer calls says nothing of a trend. */
const LEAST_COSTS = 20
/** What fell by a tenth is well below. */
const REARM_PERCENT = 90n

/** The costs of this process's latest calls, and their total since it began; in memory only. */
export class CostWatch {
  readonly #rules: CostWatchRules
  readonly #latches: Readonly<Record<Exclude<AlertKind, 'budget'>, Latch>>
  /** The latest costs, oldest first, and their sum. */
  readonly #recent: bigint[] = []
  #rolling = 0n
  #total = 0n
  #unpriced = 0

  constructor(rules: CostWatchRules) {
    this.#rules = rules
    const latch = (): Latch => new Latch(rules.cooldownMs)
    this.#latches = { total: latch(), rolling: latch(), trend: latch() }
  }

  /** @param picoUsd absent when the cost of the call is unknown */
  record(picoUsd: bigint | undefined, now: number): readonly Alert[] {
    if (picoUsd === undefined) {
      this.#unpriced += 1
      return []
    }
    this.#total += picoUsd
    this.#rolling += picoUsd
    this.#recent.push(picoUsd)
    if (this.#recent.length > this.#rules.window) this.#rolling -= this.#recent.shift() ?? 0n
    return this.#sums(now)
  }

  /** For once a minute: what grows slowly, and what a cool-down has kept back. */
  check(now: number): readonly Alert[] {
    return [...this.#sums(now), ...this.#trend(now)]
  }

  #sums(now: number): Alert[] {
    const { totalPicoUsd, rollingPicoUsd } = this.#rules
    return [
      ...this.#alertIf('total', this.#total, totalPicoUsd, now, 'since the process began'),
      ...this.#alertIf('rolling', this.#rolling, rollingPicoUsd, now, `in the latest ${callsOf(this.#recent.length)}`),
    ]
  }

  /** Compares the newer half of the window with the older one. */
  #trend(now: number): Alert[] {
    const { trendPercent } = this.#rules
    const costs = this.#recent
    if (trendPercent === undefined || costs.length < LEAST_COSTS) return []
    const half = Math.floor(costs.length / 2)
    const older = sum(costs.slice(0, half))
    const newer = sum(costs.slice(-half))
    const limit = (older * BigInt(trendPercent)) / 100n
    return this.#alertIf(
      'trend',
      newer,
      limit,
      now,
      `in the latest ${half} calls, after ${decimalUsd(older)} USD in the ${half} before`,
    )
  }

  #alertIf(
    kind: Exclude<AlertKind, 'budget'>,
    spent: bigint,
    limit: bigint | undefined,
    now: number,
    when: string,
  ): Alert[] {
    if (limit === undefined) return []
    const isWellBelow = spent * 100n < limit * REARM_PERCENT
    if (!this.#latches[kind].fires(spent >= limit && spent > 0n, isWellBelow, now)) return []
    const spentUsd = decimalUsd(spent)
    const limitUsd = decimalUsd(limit)
    return [
      {
        id: randomUUID(),
        kind,
        text: `${this.#rules.name}: ${spentUsd} USD spent ${when} (limit ${limitUsd} USD)${beside(this.#unpriced)}`,
        at: new Date(now).toISOString(),
        budget: this.#rules.name,
        spentUsd,
        limitUsd,
        unpricedCalls: this.#unpriced,
        coverage: 'process',
      },
    ]
  }
}

const callsOf = (count: number): string => (count === 1 ? 'call' : `${count} calls`)

function sum(amounts: readonly bigint[]): bigint {
  let total = 0n
  for (const amount of amounts) total += amount
  return total
}
