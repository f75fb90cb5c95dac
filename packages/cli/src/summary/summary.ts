import { decimalUsd } from '@tokenmeter/meter/call-log'
import type { CallLine, OtherLine } from './call-line.ts'

/** What the calls of a summary, or of one group in it, come to: in the shape of the totals of `withAI`. */
export interface Totals {
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Exact sum of the known costs in USD, a decimal. */
  readonly usd: string
  /** Calls whose cost is unknown, and so not in `usd`. */
  readonly unpriced: number
  /** Attempts after the first. */
  readonly retries: number
}

/** By what the calls of a summary are told apart. */
export const GROUPINGS = ['model', 'operation', 'provider', 'status', 'feature', 'tenant'] as const

/** Field of the line, by whose values calls are told apart. */
export type Grouping = (typeof GROUPINGS)[number]

/** Where calls go whose line does not have the field: as the labels of metrics call it. */
const UNKNOWN = 'unknown'

/** Adds lines up. */
export class Summary {
  readonly #all = new Sum()
  readonly #groups = new Map<Grouping, Map<string, Sum>>(GROUPINGS.map((grouping) => [grouping, new Map()]))
  readonly #others: Record<OtherLine, number> = { foreign: 0, torn: 0, newer: 0 }
  #first: string | undefined
  #last: string | undefined

  add(line: CallLine | OtherLine): void {
    if (typeof line === 'string') {
      this.#others[line]++
      return
    }
    this.#all.add(line)
    for (const [grouping, sums] of this.#groups) sumOf(sums, line[grouping] ?? UNKNOWN).add(line)
    const { timestamp } = line
    if (timestamp === undefined) return
    if (this.#first === undefined || timestamp < this.#first) this.#first = timestamp
    if (this.#last === undefined || timestamp > this.#last) this.#last = timestamp
  }

  get totals(): Totals {
    return this.#all.totals
  }

  /** Lines that were no calls, and so are in no total. */
  get others(): Readonly<Record<OtherLine, number>> {
    return { ...this.#others }
  }

  /** When the first and the last call ended. */
  get period(): { readonly first?: string; readonly last?: string } {
    return {
      ...(this.#first !== undefined && { first: this.#first }),
      ...(this.#last !== undefined && { last: this.#last }),
    }
  }

  /** The dearest first; those that cost the same by their names. */
  by(grouping: Grouping): (readonly [name: string, totals: Totals])[] {
    const sums = [...(this.#groups.get(grouping) ?? [])]
    const dearestFirst = sums.sort(([a, { picoUsd: costOfA }], [b, { picoUsd: costOfB }]) =>
      costOfA === costOfB ? Number(a > b) - Number(a < b) : costOfA < costOfB ? 1 : -1,
    )
    return dearestFirst.map(([name, sum]) => [name, sum.totals])
  }
}

function sumOf(sums: Map<string, Sum>, name: string): Sum {
  let sum = sums.get(name)
  if (!sum) sums.set(name, (sum = new Sum()))
  return sum
}

class Sum {
  #calls = 0
  #inputTokens = 0
  #outputTokens = 0
  #picoUsd = 0n
  #unpriced = 0
  #retries = 0

  get picoUsd(): bigint {
    return this.#picoUsd
  }

  add({ inputTokens, outputTokens, picoUsd = 0n, isUnpriced, retries }: CallLine): void {
    this.#calls += 1
    this.#inputTokens += inputTokens
    this.#outputTokens += outputTokens
    this.#picoUsd += picoUsd
    this.#unpriced += isUnpriced ? 1 : 0
    this.#retries += retries
  }

  get totals(): Totals {
    return {
      calls: this.#calls,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      usd: decimalUsd(this.#picoUsd),
      unpriced: this.#unpriced,
      retries: this.#retries,
    }
  }
}
