import { setImmediate as nextTurn } from 'node:timers/promises'
import { watchOpenAI, type Watch, type WatchOptions } from '../../src/watch.ts'
import type { Attempt, Call } from '@tokenmeter/meter'
import { expect } from 'vitest'

/** A recorded call without what differs from run to run: times, ports, identities. */
export interface CallFacts extends Omit<
  Call,
  'startTime' | 'server' | 'timing' | 'attempts' | 'outcome' | 'cost' | 'estimatedCost'
> {
  /** The address. */
  readonly server?: string
  readonly picoUsd?: bigint
  readonly estimatedPicoUsd?: bigint
  readonly attempts: readonly Omit<Attempt, 'duration' | 'endedAfter' | 'delay'>[]
  readonly chunks: number
  readonly outcome: { readonly kind: Call['outcome']['kind']; readonly errorType?: string }
}

/** A running watch whose calls are kept. It stops at the end of the scope: `using watched = watchCalls()`. */
export interface WatchedCalls extends Disposable {
  readonly watch: Watch
  /** As given to `onCall`, in order of their ends. */
  readonly calls: readonly Call[]
  /** Waits until `count` calls have been recorded and one more turn of the event loop is over; fails if there were more. */
  facts(count: number): Promise<CallFacts[]>
  /** Waits for a call, and fails if there is another one. */
  only(): Promise<CallFacts>
}

/** Watches every client that is handed over, with the real price list and without estimates unless `options` say otherwise. */
export function watchCalls(options: WatchOptions = {}): WatchedCalls {
  const calls: Call[] = []
  let wake: (() => void) | undefined
  const watch = watchOpenAI({
    estimates: 'off',
    ...options,
    onCall: (call) => {
      calls.push(call)
      wake?.()
    },
  })
  const facts = async (count: number): Promise<CallFacts[]> => {
    while (calls.length < count) await new Promise<void>((resolve) => (wake = resolve))
    await nextTurn()
    expect(calls).toHaveLength(count)
    return calls.map(factsOf)
  }
  return {
    watch,
    calls,
    facts,
    only: async () => (await facts(1))[0] as CallFacts,
    [Symbol.dispose]: () => watch.stop(),
  }
}

/** Takes out what differs from run to run, and checks what must hold for the times of every call. */
function factsOf(call: Call): CallFacts {
  expectPlausibleTimes(call)
  const { startTime: _, server, timing, attempts, outcome, cost, estimatedCost, unpriced, ...rest } = call
  return {
    ...rest,
    ...(server && { server: server.address }),
    ...(cost && { picoUsd: cost.picoUsd }),
    ...(estimatedCost && { estimatedPicoUsd: estimatedCost.picoUsd }),
    ...(unpriced && { unpriced }),
    attempts: attempts.map(({ duration: _duration, endedAfter: _endedAfter, delay: _delay, ...attempt }) => attempt),
    chunks: timing.chunks,
    outcome: { kind: outcome.kind, ...(outcome.errorType !== undefined && { errorType: outcome.errorType }) },
  }
}

/** Milliseconds; two clocks and the rounding of sums are in it. */
const ROUNDING_S = 0.001

function expectPlausibleTimes({ startTime, timing, attempts }: Call): void {
  const { duration, chunks, timeToFirstChunk, chunkGaps = [] } = timing
  expect(startTime).toBeGreaterThan(Date.UTC(2020, 0))
  expect(chunkGaps).toHaveLength(Math.max(0, chunks - 1))
  expect(timeToFirstChunk !== undefined).toBe(chunks > 0)
  const lastChunkAfter = chunkGaps.reduce((sum, gap) => sum + gap, timeToFirstChunk ?? 0)
  expect(lastChunkAfter).toBeLessThanOrEqual(duration + ROUNDING_S)
  let before = 0
  for (const [index, attempt] of attempts.entries()) {
    expect(attempt.duration).toBeGreaterThan(0)
    expect(attempt.delay === undefined).toBe(index === 0)
    expect(before + (attempt.delay ?? 0) + attempt.duration).toBeLessThanOrEqual(attempt.endedAfter + ROUNDING_S)
    expect(attempt.endedAfter).toBeGreaterThanOrEqual(before + attempt.duration - ROUNDING_S)
    before = attempt.endedAfter
  }
  expect(before).toBeLessThanOrEqual(duration)
}

/** What the headers of `wire-answers.ts` say about the quota. */
export const QUOTA: NonNullable<Attempt['rateLimit']> = {
  limitRequests: 10_000,
  remainingRequests: 9999,
  limitTokens: 2_000_000,
  remainingTokens: 1_998_883,
}

/** An attempt that is answered with 200 as request number `count` of its server. */
export function served(count = 1): CallFacts['attempts'][number] {
  return { status: 200, requestId: `req_${count}`, rateLimit: QUOTA }
}

const TEXT_REQUEST = { stream: false, parameters: {}, inputIsText: true, outputIsText: true } as const

/** The usual chat call, answered as `chatCompletion()` does. */
export function chatCall(facts: Partial<CallFacts> = {}): CallFacts {
  return {
    operation: 'chat_completion',
    provider: 'openai',
    server: '127.0.0.1',
    request: { model: 'gpt-4o-mini', ...TEXT_REQUEST },
    response: {
      id: 'chatcmpl-1',
      model: 'gpt-4o-mini-2024-07-18',
      serviceTier: 'default',
      systemFingerprint: 'fp_44709d6fcb',
      finishReasons: ['stop'],
    },
    ...CHAT_CONSUMPTION,
    attempts: [served()],
    chunks: 0,
    outcome: { kind: 'success' },
    ...facts,
  }
}

/** `CHAT_USAGE` at gpt-4o-mini: 93 input tokens at 0.15 USD a million, 1024 cached ones at 0.075, 342 output tokens at 0.6. */
const CHAT_CONSUMPTION = {
  usage: {
    inputTokens: 1117,
    outputTokens: 342,
    cacheReadTokens: 1024,
    reasoningTokens: 256,
    acceptedPredictionTokens: 0,
    rejectedPredictionTokens: 0,
    input: { audio: 0 },
    output: { audio: 0 },
  },
  usageSource: 'provider',
  picoUsd: 295_950_000n,
} as const

/** The usual Responses call, answered as `response()` does. 200 input tokens at 0.15 USD, 128 at 0.075, 87 output tokens at 0.6. */
export function responseCall(facts: Partial<CallFacts> = {}): CallFacts {
  return {
    operation: 'response',
    provider: 'openai',
    server: '127.0.0.1',
    request: { model: 'gpt-4o-mini', ...TEXT_REQUEST },
    response: { id: 'resp_1', model: 'gpt-4o-mini-2024-07-18', serviceTier: 'default', finishReasons: ['stop'] },
    usage: { inputTokens: 328, outputTokens: 87, cacheReadTokens: 128, reasoningTokens: 64 },
    usageSource: 'provider',
    picoUsd: 91_800_000n,
    attempts: [served()],
    chunks: 0,
    outcome: { kind: 'success' },
    ...facts,
  }
}

/** The request of the usual calls, streamed. */
export const STREAMED_REQUEST: CallFacts['request'] = { model: 'gpt-4o-mini', ...TEXT_REQUEST, stream: true }

/** A call that was answered, but whose usage nobody has told. */
export function withoutUsage({ usage: _usage, picoUsd: _picoUsd, ...call }: CallFacts): CallFacts {
  return { ...call, usageSource: 'none', unpriced: 'no_usage' }
}

/** A call whose only choice did not come to its end. */
export function unfinished({ response, ...call }: CallFacts): CallFacts {
  return { ...call, response: { ...response, finishReasons: ['error'] } }
}

/** The usual chat call, streamed as `chatStream(['Hello', ', world'])` does it: without usage. */
export function chatStreamCall(facts: Partial<CallFacts> = {}): CallFacts {
  return withoutUsage(chatCall({ request: STREAMED_REQUEST, chunks: 3, ...facts }))
}

/** A call that got no answer: nothing is known of a response, and nothing is to be paid. */
export function failedCall(facts: Pick<CallFacts, 'attempts' | 'outcome'> & Partial<CallFacts>): CallFacts {
  const { unpriced: _unpriced, ...call } = withoutUsage(chatCall({ response: {}, ...facts }))
  return call
}
