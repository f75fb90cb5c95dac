import type { PriceQuery, Resolution } from './rate-card.ts'

/** Some hundred models, on the days around midnight: about 1 kB each. */
const MAX_REMEMBERED = 1000

type Query = Omit<PriceQuery, 'day'>

interface Remembered {
  readonly query: Query
  readonly day: number
  readonly resolution: Resolution
}

/**
 * Resolutions that were asked for, bounded: the models that came first go first. They are found by comparing fields, because making one key of seven
 * texts takes longer than the rest of pricing a call.
 */
export class Resolutions {
  readonly #byModel = new Map<string, Remembered[]>()
  #size = 0

  /** @param day days since the epoch. */
  find(query: Query, day: number): Resolution | undefined {
    const remembered = this.#byModel.get(query.model)
    if (!remembered) return undefined
    for (const candidate of remembered) {
      if (candidate.day === day && isSame(candidate.query, query)) return candidate.resolution
    }
    return undefined
  }

  add(query: Query, day: number, resolution: Resolution): void {
    if (this.#size >= MAX_REMEMBERED) this.#forgetOldest()
    const remembered = this.#byModel.get(query.model)
    if (remembered) remembered.push({ query, day, resolution })
    else this.#byModel.set(query.model, [{ query, day, resolution }])
    this.#size += 1
  }

  clear(): void {
    this.#byModel.clear()
    this.#size = 0
  }

  #forgetOldest(): void {
    for (const [model, remembered] of this.#byModel) {
      this.#byModel.delete(model)
      this.#size -= remembered.length
      return
    }
  }
}

function isSame(one: Query, other: Query): boolean {
  return (
    one.provider === other.provider &&
    one.tier === other.tier &&
    one.zone === other.zone &&
    one.size === other.size &&
    one.quality === other.quality
  )
}
