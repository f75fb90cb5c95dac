import type { Alert } from '@tokenmeter/budget'

/** The usual alert. */
export function alertOf(fields: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    kind: 'budget',
    text: 'Budget team: 40 of 50 USD spent (80 % reached; month).',
    at: '2026-11-27T12:00:00.000Z',
    budget: 'team',
    period: 'month',
    percent: 80,
    spentUsd: '40',
    limitUsd: '50',
    unpricedCalls: 0,
    coverage: 'host',
    ...fields,
  }
}
