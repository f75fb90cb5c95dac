import { type Admission, type Call, type PendingRequest, reportFailure, warnOnce } from '@tokenmeter/meter'
import type { Account, Verdict } from './account.ts'
import type { Budget } from './budget.ts'
import { BudgetExceededError, type RefusalCode } from './budget-error.ts'
import { picoFromDecimal } from './usd.ts'

/** A budget that may hold a call back, and the account in which the call would count. */
export interface Gate {
  readonly budget: Budget
  readonly account: Account
}

/** What an admission needs from those around it. */
export interface AdmissionSurroundings {
  readonly now: () => number
  /** Resolves when what other processes have left behind has been taken up. */
  readonly ready: () => Promise<void>
  /** Asks an account; `undefined` when the store cannot be asked, or is too slow. */
  readonly ask: (account: Account, picoUsd: bigint, force: boolean) => Asked
  readonly blocksOnStoreFailure: boolean
  /** A call has ended: it is to be counted, with the reservations that it has. */
  readonly count: (call: Call, holds: ReadonlyMap<Account, string>) => void
}

interface Asked {
  readonly id: string
  readonly verdict: Promise<Verdict | undefined>
}

/** How often a call that waits looks whether other processes have made room. */
const LOOK_MS = 1000

/** One call on its way past the budgets. */
export class CallAdmission implements Admission {
  readonly refusal?: Promise<Error | undefined>
  readonly #around: AdmissionSurroundings
  readonly #holds = new Map<Account, string>()
  #hasEnded = false

  /** @param request absent where the call cannot be held back: then it is only counted. */
  constructor(gates: readonly Gate[], request: PendingRequest | undefined, around: AdmissionSurroundings) {
    this.#around = around
    if (request && gates.length > 0) this.refusal = this.#decide(gates, request)
  }

  ended(call: Call): void {
    this.#hasEnded = true
    this.#around.count(call, this.#holds)
  }

  async #decide(gates: readonly Gate[], request: PendingRequest): Promise<Error | undefined> {
    await this.#around.ready()
    const bound = boundOf(request)
    for (const gate of gates) {
      const refusal = await this.#pass(gate, bound, request.signal)
      if (refusal) return refusal
    }
    return undefined
  }

  async #pass(gate: Gate, bound: bigint | undefined, signal: AbortSignal | undefined): Promise<Error | undefined> {
    const { mode, unbounded, name, throttleMs } = gate.budget.rules
    const isBlocking = mode === 'block'
    if (bound === undefined && unbounded === 'block' && isBlocking) return this.#refuse(gate, 'budget_unbounded')
    if (bound === undefined && unbounded === 'admit') {
      warnOnce(
        `unbounded ${name}`,
        `tokenmeter: the budget "${name}" lets calls through of which nobody knows what they cost at most; give them max_completion_tokens or max_output_tokens, or set \`unbounded\``,
      )
    }
    const amount = bound ?? (typeof unbounded === 'bigint' ? unbounded : 0n)
    const deadline = isBlocking ? undefined : this.#around.now() + throttleMs
    // A call ends while it waits when the process is shutting down.
    while (!this.#hasEnded) {
      const isOver = deadline !== undefined && this.#around.now() >= deadline
      const verdict = await this.#ask(gate.account, amount, isOver)
      if (!verdict) {
        return isBlocking && this.#around.blocksOnStoreFailure ? this.#refuse(gate, 'budget_unavailable') : undefined
      }
      if (verdict.admitted || signal?.aborted) return undefined
      if (deadline === undefined) return this.#refuse(gate, 'budget_exceeded', verdict)
      await release(gate.account, Math.min(LOOK_MS, Math.max(0, deadline - this.#around.now())), signal)
    }
    return undefined
  }

  async #ask(account: Account, amount: bigint, force: boolean): Promise<Verdict | undefined> {
    const { id, verdict: asked } = this.#around.ask(account, amount, force)
    this.#holds.set(account, id)
    const verdict = await asked
    if (verdict?.admitted === false) this.#holds.delete(account)
    return verdict
  }

  /** The call will end, and with it what was set aside in other budgets. */
  #refuse({ budget, account }: Gate, code: RefusalCode, verdict?: Verdict): Error {
    const { name, clock, limitPicoUsd } = budget.rules
    const { spentPicoUsd, heldPicoUsd } = verdict ?? account.standing()
    const { end } = clock.bounds(this.#around.now())
    return new BudgetExceededError({
      code,
      budget: name,
      account: budget.holderOf(account),
      period: clock.period,
      limitPicoUsd,
      spentPicoUsd,
      heldPicoUsd,
      end,
    })
  }
}

function boundOf(request: PendingRequest): bigint | undefined {
  try {
    return picoFromDecimal(request.upperBound())
  } catch (error) {
    reportFailure('the bound of a request', error)
    return undefined
  }
}

/** Resolves when there may be room, at the latest after `milliseconds`. The timer keeps the process: the application waits for its call. */
function release(account: Account, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      unsubscribe()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    const unsubscribe = account.onRelease(end)
    signal?.addEventListener('abort', end, { once: true })
  })
}
