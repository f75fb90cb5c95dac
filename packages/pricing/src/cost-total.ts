import { BoundedValues, type ConvertedCost, type Usage } from '@tokenmeter/meter'
import { decimalUsd } from './usd.ts'

/** What was recorded under one key, or in all. */
export interface CostTotal {
  /** All recorded calls, those without a cost included. */
  readonly calls: number
  /** Recorded calls whose cost is unknown: the amount lacks them. */
  readonly unpricedCalls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly picoUsd: bigint
  /** The same amount as an exact decimal of USD. */
  readonly usd: string
  /** The same amount in the currency of the settings, at their rate. */
  readonly converted?: ConvertedCost
}

/** All that a tracker recorded. */
export interface CostTotals extends CostTotal {
  /** By the model that was asked for. */
  readonly byModel: ReadonlyMap<string, CostTotal>
  readonly byOperation: ReadonlyMap<string, CostTotal>
  /** By the feature that was named; calls that name none are in none. */
  readonly byFeature: ReadonlyMap<string, CostTotal>
  /** By UTC day, `YYYY-MM-DD`, oldest first. */
  readonly byDay: ReadonlyMap<string, CostTotal>
}

/** What one call adds. */
export interface CostEntry {
  readonly usage: Usage | undefined
  readonly picoUsd: bigint | undefined
  readonly model: string
  readonly operation: string
  readonly feature: string | undefined
  readonly day: string
}

type Convert = ((picoUsd: bigint) => ConvertedCost) | undefined

/** Days that are told apart: more than a year. */
const MAX_DAYS = 400
/** Where days go that are too long ago to be told apart. */
const EARLIER = 'earlier'

/** Sums of what was recorded: exact, and of a bounded number of keys. */
export class CostSums {
  readonly #all = new Tally()
  readonly #byModel: Tallies
  readonly #byOperation: Tallies
  readonly #byFeature: Tallies
  readonly #byDay = new Map<string, Tally>()

  /** @param maxKeys how many models, operations and features are told apart before the rest is `other`. */
  constructor(maxKeys: number) {
    this.#byModel = new Tallies(maxKeys)
    this.#byOperation = new Tallies(maxKeys)
    this.#byFeature = new Tallies(maxKeys)
  }

  add(entry: CostEntry): void {
    this.#all.add(entry)
    this.#byModel.of(entry.model).add(entry)
    this.#byOperation.of(entry.operation).add(entry)
    if (entry.feature !== undefined) this.#byFeature.of(entry.feature).add(entry)
    this.#ofDay(entry.day).add(entry)
  }

  /** A copy. */
  totals(convert: Convert): CostTotals {
    const days = [...this.#byDay].toSorted(([a], [b]) => orderOf(a).localeCompare(orderOf(b)))
    return {
      ...this.#all.total(convert),
      byModel: this.#byModel.totals(convert),
      byOperation: this.#byOperation.totals(convert),
      byFeature: this.#byFeature.totals(convert),
      byDay: new Map(days.map(([day, tally]) => [day, tally.total(convert)])),
    }
  }

  #ofDay(day: string): Tally {
    const known = this.#byDay.get(day)
    if (known) return known
    const tally = new Tally()
    this.#byDay.set(day, tally)
    if (this.#byDay.size > MAX_DAYS) this.#mergeOldest()
    return this.#byDay.get(day) ?? this.#byDay.get(EARLIER) ?? tally
  }

  #mergeOldest(): void {
    const days = [...this.#byDay.keys()].filter((day) => day !== EARLIER).toSorted()
    const [oldest = EARLIER] = days
    const earlier = this.#byDay.get(EARLIER) ?? new Tally()
    earlier.merge(this.#byDay.get(oldest) ?? new Tally())
    this.#byDay.delete(oldest)
    this.#byDay.set(EARLIER, earlier)
  }
}

const orderOf = (day: string): string => (day === EARLIER ? '' : day)

class Tallies {
  readonly #names: BoundedValues
  readonly #tallies = new Map<string, Tally>()

  constructor(maxKeys: number) {
    this.#names = new BoundedValues(maxKeys)
  }

  of(name: string): Tally {
    const key = this.#names.admit(name)
    let tally = this.#tallies.get(key)
    if (!tally) this.#tallies.set(key, (tally = new Tally()))
    return tally
  }

  totals(convert: Convert): ReadonlyMap<string, CostTotal> {
    return new Map([...this.#tallies].map(([name, tally]) => [name, tally.total(convert)]))
  }
}

class Tally {
  #calls = 0
  #unpricedCalls = 0
  #inputTokens = 0
  #outputTokens = 0
  #picoUsd = 0n

  add({ usage, picoUsd }: CostEntry): void {
    this.#calls += 1
    this.#inputTokens += usage?.inputTokens ?? 0
    this.#outputTokens += usage?.outputTokens ?? 0
    if (picoUsd === undefined) this.#unpricedCalls += 1
    else this.#picoUsd += picoUsd
  }

  merge(other: Tally): void {
    this.#calls += other.#calls
    this.#unpricedCalls += other.#unpricedCalls
    this.#inputTokens += other.#inputTokens
    this.#outputTokens += other.#outputTokens
    this.#picoUsd += other.#picoUsd
  }

  total(convert: Convert): CostTotal {
    return {
      calls: this.#calls,
      unpricedCalls: this.#unpricedCalls,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      picoUsd: this.#picoUsd,
      usd: decimalUsd(this.#picoUsd),
      ...(convert && { converted: convert(this.#picoUsd) }),
    }
  }
}
