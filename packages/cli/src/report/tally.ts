import type { AskedCall } from '../viewer/client.ts'
import { costOf } from './pricing.ts'

/** What is remembered of a call that has been looked at. */
export type Remembered = Pick<AskedCall, 'id' | 'cost'>

/** Calls that a suggestion names. */
export const MOST_NAMED = 5

/** Calls added up, of which only the dearest are remembered. */
export class Tally {
  count = 0
  /** 10⁻¹² USD of the calls whose cost is known. */
  picoUsd = 0n
  readonly #dearest: { readonly id: number; readonly picoUsd: bigint }[] = []

  add(call: Remembered): void {
    const picoUsd = costOf(call) ?? 0n
    this.count += 1
    this.picoUsd += picoUsd
    const isDearer = (other: { readonly id: number; readonly picoUsd: bigint }): boolean =>
      picoUsd > other.picoUsd || (picoUsd === other.picoUsd && call.id < other.id)
    const place = this.#dearest.findIndex(isDearer)
    this.#dearest.splice(place === -1 ? this.#dearest.length : place, 0, { id: call.id, picoUsd })
    if (this.#dearest.length > MOST_NAMED) this.#dearest.pop()
  }

  /** Numbers of calls, the dearest first, some of them. */
  get named(): readonly number[] {
    return this.#dearest.map(({ id }) => id)
  }
}

/** The value of a key, made when it is asked for first. */
export function valueOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}
