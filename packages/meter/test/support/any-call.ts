import * as fc from 'fast-check'
import {
  type Attribution,
  type CallEnd,
  type CallStart,
  OPERATION_CONVENTIONS,
  type Operation,
  type OutcomeKind,
  type PriceCall,
  type UnpricedReason,
} from '../../src/index.ts'

/** A call from beginning to end, with what it costs. */
export interface AnyCall {
  readonly start: CallStart
  readonly end: CallEnd
  readonly price: ReturnType<PriceCall>
}

const sometimes = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined })

/** Names as people give them, and as they should not: brackets, quotes, line breaks, halves of characters, our own marks. */
const name = fc.oneof(
  fc.constantFrom('gpt-4o', 'search', 'a{b}', '{"module":"tokenmeter"}', 'two\nlines', '"', '\\', '\u2028'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
)

const seconds = fc.double({ min: 0, max: 1e6, noNaN: true })
const tokens = fc.nat({ max: 2_000_000 })

const attribution: fc.Arbitrary<Attribution> = fc.record({
  feature: sometimes(name),
  tenant: sometimes(name),
  user: sometimes(name),
  session: sometimes(name),
  prompt: sometimes(fc.record({ name, version: sometimes(name) })),
})

const start: fc.Arbitrary<CallStart> = fc
  .record({
    operation: fc.constantFrom(...(Object.keys(OPERATION_CONVENTIONS) as Operation[])),
    provider: fc.constantFrom('openai', 'azure.ai.openai', 'groq'),
    model: sometimes(name),
    deployment: sometimes(name),
    stream: fc.boolean(),
    server: sometimes(fc.constant({ address: 'api.openai.com', port: 443 })),
    startTime: fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
    attribution: sometimes(attribution),
  })
  .map(({ model, deployment, stream, server, attribution: whom, ...facts }) => ({
    ...facts,
    ...(server && { server }),
    ...(whom && { attribution: whom }),
    request: {
      ...(model !== undefined && { model }),
      ...(deployment !== undefined && { deployment }),
      stream,
      parameters: {},
      inputIsText: true,
      outputIsText: true,
    },
  }))

const KINDS: readonly OutcomeKind[] = ['success', 'error', 'rate_limit', 'cancelled', 'abandoned']

const end: fc.Arbitrary<CallEnd> = fc
  .record({
    usage: sometimes(fc.record({ inputTokens: tokens, outputTokens: tokens, cacheReadTokens: tokens })),
    units: sometimes(fc.record({ inputSeconds: seconds, outputImages: fc.nat({ max: 10 }) })),
    attempts: fc.array(fc.record({ status: fc.constantFrom(200, 429, 500), duration: seconds, endedAfter: seconds })),
    response: sometimes(fc.record({ id: name, model: name })),
    duration: seconds,
    timeToFirstChunk: sometimes(seconds),
    kind: fc.constantFrom(...KINDS),
    errorType: sometimes(name),
  })
  .map(({ usage, units, response, attempts, duration, timeToFirstChunk, kind, errorType }) => ({
    attempts,
    ...(usage && { usage }),
    ...(units && { units }),
    ...(response && { response }),
    ...(!usage && { estimate: { inputTokens: 7, outputTokens: 3, method: 'characters' as const } }),
    timing: { duration, chunks: 0, ...(timeToFirstChunk !== undefined && { timeToFirstChunk }) },
    outcome: { kind, ...(errorType !== undefined && { errorType }), error: new Error('what the application caught') },
  }))

const cost = fc.bigInt({ min: 0n, max: 10n ** 24n }).map((picoUsd) => ({
  cost: { picoUsd, usd: 0, breakdown: [], priceSource: 'list@1', priceDate: '2026-11-01', tier: 'default' },
}))

const reasons: readonly UnpricedReason[] = ['unknown_model', 'unknown_tier', 'unknown_unit']
const price: fc.Arbitrary<ReturnType<PriceCall>> = fc.oneof(
  cost,
  fc.constantFrom(...reasons).map((unpriced) => ({ unpriced })),
)

/** Any call that a client could make. */
export const anyCall: fc.Arbitrary<AnyCall> = fc.record({ start, end, price })
