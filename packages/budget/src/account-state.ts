import type { PeriodClock } from './period.ts'

/** What was spent in a slice of a period. */
export interface Spending {
  readonly slice: number
  readonly picoUsd: bigint
  /** Calls whose cost is unknown: they are not in `picoUsd`. */
  readonly unpriced: number
}

/**
 * Calls that have ended, on their way to the store. A batch is applied once however often it is sent: its writer numbers its batches, and the
 * store remembers the last number of each.
 */
export interface Batch {
  readonly writer: string
  readonly number: number
  readonly spending: readonly Spending[]
  /** Reservations that are not needed any more. */
  readonly released: readonly string[]
}

/** Money that is set aside for a call on its way. */
export interface Hold {
  readonly picoUsd: bigint
  /** When it is given up, because nobody renewed it: its process must have died. */
  readonly until: number
}

/** A threshold that was crossed, and in which batch: that is how the alert is sent once, by one process. */
export interface Crossing {
  readonly percent: number
  readonly writer: string
  readonly number: number
}

interface Writer {
  readonly number: number
  readonly at: number
}

/** Everything that is known of one account. It changes only within a store's `update`. */
export interface AccountState {
  /** The oldest slice that counts: never goes back, whatever the clocks of several processes say. */
  from: number
  readonly slices: Map<number, Omit<Spending, 'slice'>>
  readonly holds: Map<string, Hold>
  crossings: readonly Crossing[]
  readonly writers: Map<string, Writer>
}

/** What an account may spend, and when to say how far it has come. */
export interface AccountRules {
  readonly clock: PeriodClock
  readonly limitPicoUsd: bigint
  /** Percent of the limit, whole numbers, in ascending order. */
  readonly thresholds: readonly number[]
}

/** A batch that may have been written, and is sent again to be sure, comes sooner. Short-lived processes must not gather here by the thousand. */
const WRITER_KEPT_MS = 3_600_000
/** In a window, a threshold can be crossed anew once spending was a tenth below it. */
const REARM_PERCENT = 90n

export function emptyState(): AccountState {
  return { from: Number.MIN_SAFE_INTEGER, slices: new Map(), holds: new Map(), crossings: [], writers: new Map() }
}

/** Lets go of what does not count any more at `now`. */
export function advance(state: AccountState, now: number, { clock, limitPicoUsd }: AccountRules): void {
  const oldest = clock.oldestSlice(now)
  if (oldest > state.from) {
    state.from = oldest
    for (const slice of state.slices.keys()) if (slice < oldest) state.slices.delete(slice)
    if (clock.startsAnew) state.crossings = []
  }
  for (const [id, { until }] of state.holds) if (until <= now) state.holds.delete(id)
  for (const [id, { at }] of state.writers) if (at < now - WRITER_KEPT_MS) state.writers.delete(id)
  if (!clock.startsAnew) {
    const spent = spentOf(state)
    state.crossings = state.crossings.filter(
      ({ percent }) => spent * 10_000n >= limitPicoUsd * BigInt(percent) * REARM_PERCENT,
    )
  }
}

export function spentOf({ slices }: AccountState): bigint {
  let sum = 0n
  for (const { picoUsd } of slices.values()) sum += picoUsd
  return sum
}

export function unpricedOf({ slices }: AccountState): number {
  let count = 0
  for (const { unpriced } of slices.values()) count += unpriced
  return count
}

export function heldOf({ holds }: AccountState): bigint {
  let sum = 0n
  for (const { picoUsd } of holds.values()) sum += picoUsd
  return sum
}

/**
 * Sets money aside, unless the limit is reached: by what was spent and set aside, without this call. So all calls together can come to no more than
 * the limit and the most that one call can cost.
 *
 * @returns whether there was room.
 */
export function reserve(state: AccountState, id: string, hold: Hold, { limitPicoUsd }: AccountRules): boolean {
  if (spentOf(state) + heldOf(state) >= limitPicoUsd) return false
  state.holds.set(id, hold)
  return true
}

/** Counts calls that have ended. What belongs to a period that is over is not needed any more. */
export function settle(state: AccountState, batch: Batch, now: number, rules: AccountRules): void {
  for (const id of batch.released) state.holds.delete(id)
  if ((state.writers.get(batch.writer)?.number ?? 0) >= batch.number) return
  state.writers.set(batch.writer, { number: batch.number, at: now })
  for (const { slice, picoUsd, unpriced } of batch.spending) {
    if (slice < state.from) continue
    const before = state.slices.get(slice)
    state.slices.set(slice, {
      picoUsd: (before?.picoUsd ?? 0n) + picoUsd,
      unpriced: (before?.unpriced ?? 0) + unpriced,
    })
  }
  cross(state, batch, rules)
}

function cross(state: AccountState, { writer, number }: Batch, { limitPicoUsd, thresholds }: AccountRules): void {
  const spent = spentOf(state)
  const crossed = new Set(state.crossings.map(({ percent }) => percent))
  const fresh = thresholds.filter((percent) => !crossed.has(percent) && spent * 100n >= limitPicoUsd * BigInt(percent))
  if (fresh.length === 0) return
  state.crossings = [...state.crossings, ...fresh.map((percent) => ({ percent, writer, number }))]
}
