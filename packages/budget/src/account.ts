import { guard } from '@tokenmeter/meter'
import {
  type AccountRules,
  type AccountState,
  advance,
  type Batch,
  type Crossing,
  emptyState,
  heldOf,
  reserve,
  settle,
  type Spending,
  spentOf,
  unpricedOf,
} from './account-state.ts'
import { inTime } from './in-time.ts'
import { readState, writeState } from './state-text.ts'
import type { BudgetStore, Change } from './store.ts'

/** How an account stands. */
export interface Standing {
  readonly spentPicoUsd: bigint
  readonly heldPicoUsd: bigint
  /** Calls of the period whose cost is unknown. */
  readonly unpriced: number
}

/** Whether there was room for a call. */
export interface Verdict extends Standing {
  readonly admitted: boolean
}

/** What an account needs from those around it. */
export interface AccountSurroundings {
  readonly store: BudgetStore
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Names this process, and no other that ever was. */
  readonly writer: string
  /** A threshold was crossed, by a call of this process. */
  readonly onCrossed: (account: Account, crossing: Crossing, standing: Standing) => void
  /** The store could not be used. What has been spent is kept, and brought to it later. */
  readonly onFailure: (error: unknown) => void
}

/** A reservation that is not renewed for this long belongs to a process that died. Open ones are renewed each minute. */
const HOLD_MS = 300_000
/** What comes later does no harm: batches and reservations have names. */
const UPDATE_TIMEOUT_MS = 10_000

interface Request {
  readonly id: string
  readonly picoUsd: bigint
  /** Even where there is no room. */
  readonly force: boolean
  readonly resolve: (verdict: Verdict | undefined) => void
}

/** Calls that have ended since the last batch. */
interface Ended {
  readonly spending: Map<number, Spending>
  readonly released: string[]
}

/**
 * The money of one budget, or of one tenant, feature … of it. What happens to it gathers here and goes to the store together, one update at a time.
 */
export class Account {
  /** Where the store keeps it. */
  readonly key: string
  readonly rules: AccountRules
  readonly #around: AccountSurroundings
  #state: AccountState = emptyState()
  #requests: Request[] = []
  #ended: Ended = { spending: new Map(), released: [] }
  /** On their way to the store: the same batches, with the same numbers, until it has them. */
  #batches: readonly Batch[] = []
  /** Names those whose batches are numbered one after the other. */
  #writer: string
  #generation = 0
  #batchNumber = 0
  #holdNumber = 0
  /** Reservations of calls that are on their way. */
  readonly #open = new Map<string, bigint>()
  readonly #listeners = new Set<() => void>()
  #isRunning = false
  #running: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #lastUse = 0

  constructor(key: string, rules: AccountRules, around: AccountSurroundings) {
    this.key = key
    this.rules = rules
    this.#around = around
    this.#writer = around.writer
  }

  /**
   * Sets money aside for a call.
   *
   * @returns the name of the reservation, to be given to `settle`, and whether there was room: `undefined` when the store could not be asked.
   */
  reserve(picoUsd: bigint, force: boolean): { readonly id: string; readonly verdict: Promise<Verdict | undefined> } {
    const id = `${this.#around.writer}:${++this.#holdNumber}`
    this.#open.set(id, picoUsd)
    const verdict = new Promise<Verdict | undefined>((resolve) => {
      this.#requests.push({ id, picoUsd, force, resolve })
    })
    void this.#run()
    return { id, verdict }
  }

  /** A call has ended: counts what it cost, and gives back what was set aside for it. */
  settle(cost: Omit<Spending, 'slice'>, holdId?: string): void {
    const { spending, released } = this.#ended
    const slice = this.rules.clock.sliceOf(this.#around.now())
    const before = spending.get(slice)
    if (cost.picoUsd > 0n || cost.unpriced > 0) {
      spending.set(slice, {
        slice,
        picoUsd: (before?.picoUsd ?? 0n) + cost.picoUsd,
        unpriced: (before?.unpriced ?? 0) + cost.unpriced,
      })
    }
    if (holdId !== undefined) {
      this.#open.delete(holdId)
      released.push(holdId)
    }
    this.#lastUse = this.#around.now()
    const { gatherMs } = this.#around.store
    if (holdId !== undefined || gatherMs === 0) void this.#run()
    else this.#timer ??= setTimeout(() => void this.#run(), gatherMs).unref()
  }

  /** Takes over batches that another process has left behind. */
  absorb(batches: readonly Batch[]): void {
    this.#batches = [...this.#batches, ...batches]
  }

  /**
   * Calls `listener` whenever a call of this process has given back what was set aside for it.
   *
   * @returns how to end that
   */
  onRelease(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** How the account stands, as far as this process knows. */
  standing(): Standing {
    const state = this.#state
    advance(state, this.#around.now(), this.rules)
    let spentPicoUsd = spentOf(state)
    let unpriced = unpricedOf(state)
    for (const spending of [...this.#batches.flatMap((batch) => batch.spending), ...this.#ended.spending.values()]) {
      if (spending.slice < state.from) continue
      spentPicoUsd += spending.picoUsd
      unpriced += spending.unpriced
    }
    return { spentPicoUsd, heldPicoUsd: heldOf(state), unpriced }
  }

  /** Whether the store lacks anything that happened here. */
  get isPending(): boolean {
    return this.#batches.length > 0 || !isEmpty(this.#ended)
  }

  /** Whether nothing would be missed without this object. */
  isIdleSince(time: number): boolean {
    return !this.isPending && this.#open.size === 0 && this.#requests.length === 0 && this.#lastUse < time
  }

  /** Brings everything to the store, and learns how the account stands there. Never rejects; says whether it succeeded. */
  async sync(): Promise<boolean> {
    await this.#running
    await this.#run(true)
    return !this.isPending
  }

  /** Everything that the store may lack, for another process to bring there. */
  takeBatches(): readonly Batch[] {
    this.#freezeNow()
    const batches = this.#batches
    this.#batches = []
    // Batches of now on may reach the store before these do.
    this.#writer = `${this.#around.writer}+${++this.#generation}`
    this.#batchNumber = 0
    return batches
  }

  #run(always = false): Promise<void> {
    if (!this.#isRunning) this.#running = this.#work(always)
    return this.#running
  }

  async #work(always: boolean): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isRunning = true
    let isWanted = always
    while (isWanted || this.#requests.length > 0 || this.isPending) {
      isWanted = false
      // What came meanwhile is tried, too; what failed is tried again when the next call comes, or the next minute.
      if (!(await this.#update()) && this.#requests.length === 0) break
    }
    this.#isRunning = false
  }

  /** Numbers what has ended. While a batch of ours is on its way, calls go on to gather. */
  #freeze(): void {
    if (!this.#batches.some(({ writer }) => writer === this.#writer)) this.#freezeNow()
  }

  #freezeNow(): void {
    if (isEmpty(this.#ended)) return
    const { spending, released } = this.#ended
    this.#ended = { spending: new Map(), released: [] }
    const number = ++this.#batchNumber
    const batch = { writer: this.#writer, number, spending: [...spending.values()], released }
    this.#batches = [...this.#batches, batch]
  }

  async #update(): Promise<boolean> {
    this.#freeze()
    const requests = this.#requests
    const batches = this.#batches
    this.#requests = []
    const work: Work = { requests, batches, open: new Map(this.#open), rules: this.rules }
    try {
      const { store, now } = this.#around
      const { state, verdicts, crossings } = await inTime(
        () => store.update(this.key, (text) => apply(work, text, now())),
        UPDATE_TIMEOUT_MS,
      )
      this.#state = state
      this.#batches = this.#batches.filter((batch) => !batches.includes(batch))
      for (const [index, request] of requests.entries()) this.#answer(request, verdicts[index])
      guard('telling of a budget', () => {
        const standing = this.standing()
        for (const crossing of crossings) this.#around.onCrossed(this, crossing, standing)
      })
      if (batches.length > 0) for (const listener of this.#listeners) listener()
      return true
    } catch (error) {
      for (const request of requests) this.#answer(request, undefined)
      this.#around.onFailure(error)
      return false
    }
  }

  #answer({ id, resolve }: Request, verdict: Verdict | undefined): void {
    if (verdict?.admitted === false) this.#open.delete(id)
    // The call has ended before there was an answer: what was set aside only now is to be given back.
    else if (verdict && !this.#open.has(id)) this.#ended.released.push(id)
    resolve(verdict)
  }
}

const isEmpty = ({ spending, released }: Ended): boolean => spending.size === 0 && released.length === 0

interface Work {
  readonly requests: readonly Request[]
  readonly batches: readonly Batch[]
  readonly open: ReadonlyMap<string, bigint>
  readonly rules: AccountRules
}

interface Outcome {
  readonly state: AccountState
  readonly verdicts: readonly Verdict[]
  readonly crossings: readonly Crossing[]
}

function apply({ requests, batches, open, rules }: Work, text: string | undefined, now: number): Change<Outcome> {
  const state = text === undefined ? emptyState() : readState(text)
  advance(state, now, rules)
  const until = now + HOLD_MS
  for (const batch of batches) settle(state, batch, now, rules)
  const asked = new Set(requests.map(({ id }) => id))
  for (const [id, picoUsd] of open) if (!asked.has(id)) state.holds.set(id, { picoUsd, until })
  const verdicts = requests.map(({ id, picoUsd, force }): Verdict => {
    const hold = { picoUsd, until }
    const admitted = reserve(state, id, hold, rules) || force
    if (force) state.holds.set(id, hold)
    return { admitted, spentPicoUsd: spentOf(state), heldPicoUsd: heldOf(state), unpriced: unpricedOf(state) }
  })
  const crossings = state.crossings.filter(({ writer, number }) =>
    batches.some((batch) => batch.writer === writer && batch.number === number),
  )
  return { text: writeState(state), result: { state, verdicts, crossings } }
}
