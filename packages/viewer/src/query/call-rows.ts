import { decimalUsd } from '@tokenmeter/meter'
import { STATUS_NAMES } from '../store/dimensions.ts'

/** A call as lists show it. A field is `null` when nobody said. */
export interface CallRow {
  /** Grows with the order of arrival. */
  readonly id: number
  readonly traceId: string
  readonly spanId: string
  /** Milliseconds since the epoch. */
  readonly start: number
  /** Seconds. */
  readonly duration: number
  /** Seconds. */
  readonly timeToFirstChunk: number | null
  readonly service: string
  readonly operation: string
  readonly provider: string | null
  readonly model: string | null
  readonly responseModel: string | null
  readonly status: 'success' | 'error' | 'rate_limit' | 'cancelled'
  readonly errorType: string | null
  readonly inputTokens: number | null
  readonly cachedTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly outputTokens: number | null
  readonly reasoningTokens: number | null
  /** USD as an exact decimal. */
  readonly cost: string | null
  readonly unpriced: string | null
  /** Tokens and cost are estimates. */
  readonly estimated: boolean
  readonly attempts: number
  readonly rateLimitHits: number
  readonly chunks: number | null
  readonly finishReason: string | null
  readonly feature: string | null
  readonly tenant: string | null
  readonly user: string | null
  readonly session: string | null
  readonly prompt: string | null
}

const word = (column: string, as = column): string => `(SELECT word FROM words WHERE words.id = ${column}) AS ${as}`

/** What a `CallRow` is made of, to be selected from `calls`. */
export const CALL_ROW_COLUMNS: string = [
  'id',
  '(SELECT trace_id FROM traces WHERE traces.id = trace) AS traceId',
  '(SELECT span_id FROM spans WHERE spans.id = calls.id) AS spanId',
  'start / 1000 AS startUs',
  'duration / 1e9 AS duration',
  'first_chunk / 1e9 AS timeToFirstChunk',
  word('service'),
  word('operation'),
  word('provider'),
  word('model'),
  word('response_model', 'responseModel'),
  'status',
  word('error_type', 'errorType'),
  'input AS inputTokens',
  'cached AS cachedTokens',
  'cache_write AS cacheWriteTokens',
  'output AS outputTokens',
  'reasoning AS reasoningTokens',
  'CAST(cost AS TEXT) AS cost',
  word('unpriced'),
  'estimated',
  'attempts',
  'rate_limit_hits AS rateLimitHits',
  'chunks',
  word('finish_reason', 'finishReason'),
  word('feature'),
  word('tenant'),
  word('user'),
  word('session'),
  word('prompt'),
].join(', ')

/** A `CallRow` out of what was selected. */
export function callRowOf(selected: Readonly<Record<string, unknown>>): CallRow {
  const { startUs, startNanos: _, status, cost, estimated, ...rest } = selected
  return {
    ...rest,
    start: (startUs as number) / 1000,
    status: STATUS_NAMES[status as number],
    cost: cost === null ? null : decimalUsd(BigInt(cost as string)),
    estimated: estimated === 1,
  } as unknown as CallRow
}
