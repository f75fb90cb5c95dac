import type { OutcomeKind } from './call.ts'

/** Value of the `status` label. */
export type Status = 'success' | 'error' | 'rate_limit' | 'cancelled'

/** All values of the `status` label. */
export const STATUSES: readonly Status[] = ['success', 'error', 'rate_limit', 'cancelled']

/** Outcome → `status`: a stream that nobody finished counts with the ones the application stopped. */
export function statusOf(outcome: OutcomeKind): Status {
  return outcome === 'abandoned' ? 'cancelled' : outcome
}
