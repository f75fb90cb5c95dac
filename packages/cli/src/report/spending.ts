import { decimalUsd } from '@tokenmeter/meter/call-log'
import type { AskedCall } from '../viewer/client.ts'
import { costOf } from './pricing.ts'
import { valueOf } from './tally.ts'

/** What one model, feature or user has spent. */
export interface Spender {
  readonly name: string
  readonly calls: number
  /** USD, an exact decimal. */
  readonly usd: string
  /** Calls whose cost is unknown, and so not in `usd`. */
  readonly unpriced: number
}

const MOST_SPENDERS = 10

interface Sums {
  calls: number
  picoUsd: bigint
  unpriced: number
}

const NOTHING: Sums = { calls: 0, picoUsd: 0n, unpriced: 0 }

/** What was spent, by names. */
export class Spending {
  readonly #sums = new Map<string, Sums>()

  add(name: string, call: AskedCall): void {
    const sums = valueOf(this.#sums, name, () => ({ ...NOTHING }))
    const cost = costOf(call)
    sums.calls += 1
    sums.picoUsd += cost ?? 0n
    if (cost === undefined && call.unpriced !== null) sums.unpriced += 1
  }

  /** What one name has spent. */
  of(name: string): Omit<Spender, 'name'> {
    return shown(this.#sums.get(name) ?? NOTHING)
  }

  /** Those who have spent most, the first of them first. */
  get dearest(): readonly Spender[] {
    return [...this.#sums]
      .toSorted(([, a], [, b]) => (a.picoUsd === b.picoUsd ? 0 : a.picoUsd < b.picoUsd ? 1 : -1))
      .slice(0, MOST_SPENDERS)
      .map(([name, sums]) => ({ name, ...shown(sums) }))
  }
}

const shown = ({ calls, picoUsd, unpriced }: Sums): Omit<Spender, 'name'> => ({
  calls,
  usd: decimalUsd(picoUsd),
  unpriced,
})
