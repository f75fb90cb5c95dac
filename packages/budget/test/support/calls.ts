import type { Admission, Attribution, Call, Operation, PendingRequest } from '@tokenmeter/meter'
import type { Budgets } from '@tokenmeter/budget'

/** What a test says of a call. */
export interface CallFacts {
  readonly model?: string
  readonly operation?: Operation
  readonly attribution?: Attribution
  /** Exact USD; absent: the call failed and cost nothing. */
  readonly usd?: string
  /** The call was answered, and nobody knows what it cost. */
  readonly unpriced?: boolean
}

const picoOf = (usd: string): bigint => BigInt(Math.round(Number(usd) * 1e12))

/** A call that has ended. */
export function callOf(facts: CallFacts = {}): Call {
  const { model = 'gpt-4o-mini', operation = 'chat_completion', attribution, usd, unpriced } = facts
  const picoUsd = usd === undefined ? undefined : picoOf(usd)
  return {
    operation,
    provider: 'openai',
    request: { model, stream: false, parameters: {}, inputIsText: true, outputIsText: true },
    ...(attribution && { attribution }),
    startTime: Date.now(),
    usageSource: 'provider',
    attempts: [],
    timing: { duration: 1, chunks: 0 },
    outcome: { kind: 'success' },
    ...(picoUsd !== undefined && {
      cost: {
        picoUsd,
        usd: Number(usd),
        breakdown: [],
        priceSource: 'test',
        priceDate: '2026-11-27',
        tier: 'standard',
      },
    }),
    ...(unpriced && { unpriced: 'unknown_model' }),
  }
}

/** A request that costs at most so much. */
export function requestOf(upperBound?: string, signal?: AbortSignal): PendingRequest {
  return { body: {}, signal, upperBound: () => upperBound }
}

/** A call that is only counted. */
export function spend(budgets: Budgets, facts: CallFacts): void {
  const call = callOf(facts)
  budgets.admit(call, undefined)?.ended(call)
}

/** A call that asks whether it may leave. */
export function ask(budgets: Budgets, request: PendingRequest, facts: CallFacts = {}): Admission {
  const admission = budgets.admit(callOf(facts), request)
  if (!admission) throw new Error('the budgets do not care for this call')
  return admission
}
