import { type Call, callLogRecord } from '@tokenmeter/meter'

const CALL: Call = {
  operation: 'chat_completion',
  provider: 'openai',
  request: { model: 'gpt-4o-mini', stream: false, parameters: {}, inputIsText: true, outputIsText: true },
  startTime: Date.UTC(2026, 10, 27, 10),
  usage: { inputTokens: 10, outputTokens: 5 },
  usageSource: 'provider',
  attempts: [{ status: 200, duration: 1, endedAfter: 1 }],
  timing: { duration: 1, chunks: 0 },
  outcome: { kind: 'success' },
}

/** The line of a call that cost so many pico-USD, 0.0000045 USD by default, without its newline. */
export function lineOf(overrides: Partial<Call> = {}, picoUsd: bigint = 4_500_000n): string {
  const cost = { picoUsd, usd: 0, breakdown: [], priceSource: 'list@1', priceDate: '2026-11-01', tier: 'default' }
  return JSON.stringify(callLogRecord({ ...CALL, cost, ...overrides }))
}
