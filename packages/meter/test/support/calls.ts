import type { Attempt, CallEnd, CallStart, PriceCall, Usage } from '../../src/index.ts'

/** 2026-11-24T00:00:00Z. */
export const START_TIME = 1_795_478_400_000

/** A chat call as the instrumentation begins it. */
export function chatStart(overrides: Partial<CallStart> = {}): CallStart {
  return {
    operation: 'chat_completion',
    provider: 'openai',
    server: { address: 'api.openai.com', port: 443 },
    request: { model: 'gpt-4o', stream: false, parameters: {}, inputIsText: true, outputIsText: true },
    startTime: START_TIME,
    ...overrides,
  }
}

/** The same for another model. */
export function chatWith(model: string): CallStart {
  const start = chatStart()
  return { ...start, request: { ...start.request, model } }
}

/** An embeddings call as the instrumentation begins it. */
export function embeddingStart(): CallStart {
  const request = { model: 'text-embedding-3-small', stream: false, inputIsText: true, outputIsText: true }
  return chatStart({ operation: 'embedding', request: { ...request, parameters: { dimensions: 256 } } })
}

/** One answered HTTP request. */
export const ANSWERED: Attempt = { status: 200, duration: 1.5, endedAfter: 1.5 }

const USAGE: Usage = { inputTokens: 100, outputTokens: 20, cacheReadTokens: 64, reasoningTokens: 8 }

/** The end of a call that went well. */
export function succeeded(overrides: Partial<CallEnd> = {}): CallEnd {
  return {
    response: { id: 'chatcmpl-1', model: 'gpt-4o-2024-08-06', serviceTier: 'default', finishReasons: ['stop'] },
    usage: USAGE,
    attempts: [ANSWERED],
    timing: { duration: 1.5, chunks: 0 },
    outcome: { kind: 'success' },
    ...overrides,
  }
}

/** The end of a call whose last answer had this HTTP status. */
export function failed(status: number, errorType: string, error: unknown = new Error(errorType)): CallEnd {
  return {
    attempts: [{ status, duration: 0.25, endedAfter: 0.25 }],
    timing: { duration: 0.25, chunks: 0 },
    outcome: { kind: status === 429 ? 'rate_limit' : 'error', errorType, error },
  }
}

/** Every call costs 0.00015 USD. */
export const flatPrice: PriceCall = () => ({
  cost: {
    picoUsd: 150_000_000n,
    usd: 0.00015,
    breakdown: [{ part: 'input', units: 100, usdPerMillion: '1.5', picoUsd: 150_000_000n }],
    priceSource: 'list@1',
    priceDate: '2026-11-01',
    tier: 'default',
  },
})

/** The same in francs, at 0.9 of them for a dollar. */
export const priceInFrancs: PriceCall = (call) => {
  const result = flatPrice(call)
  const rate = { rate: '0.9', rateDate: '2026-11-01', rateSource: 'SNB' }
  const converted = { currency: 'CHF', amount: '0.000135', picoAmount: 135_000_000n, ...rate }
  return result.cost ? { cost: { ...result.cost, converted } } : result
}
