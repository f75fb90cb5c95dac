import type { RateLimitReason, RateLimitState } from '@tokenmeter/meter'
import { type Draft, put } from '../operations/row.ts'
import type { ResponseHeaders } from '../seam/shapes.ts'

/**
 * Headers that say what is left, the commonest first. Without a suffix: OpenAI, Azure, Groq and most that are compatible. With `-day` and
 * `-minute`: Cerebras (https://inference-docs.cerebras.ai/support/rate-limits); with `-per-minute`: DigitalOcean
 * (https://docs.digitalocean.com/products/inference/reference/quota-specific-response-headers). Read on 2026-11-24.
 */
const DIALECTS = [
  dialect('requests', 'tokens'),
  dialect('requests-day', 'tokens-minute'),
  dialect('requests', 'tokens-per-minute'),
] as const
const OTHER_TOKENS = DIALECTS[2].remainingTokens

/** The headers by their names: made for every answer, the names cost more than reading them. */
type Dialect = Readonly<Record<keyof RateLimitState, string>>

function dialect(requests: string, tokens: string): Dialect {
  return {
    remainingRequests: `x-ratelimit-remaining-${requests}`,
    remainingTokens: `x-ratelimit-remaining-${tokens}`,
    limitRequests: `x-ratelimit-limit-${requests}`,
    limitTokens: `x-ratelimit-limit-${tokens}`,
  }
}

/** What the provider says of the quota that is left, or `undefined` when it says nothing. */
export function readRateLimit(headers: ResponseHeaders): RateLimitState | undefined {
  const commonRequests = readCount(headers, DIALECTS[0].remainingRequests)
  for (let index = 0; index < DIALECTS.length; index++) {
    const names = DIALECTS[index] as Dialect
    const remainingTokens = readCount(headers, names.remainingTokens)
    const isCommon = names.remainingRequests === DIALECTS[0].remainingRequests
    const remainingRequests = isCommon ? commonRequests : readCount(headers, names.remainingRequests)
    if (remainingTokens === undefined && (remainingRequests === undefined || hasOtherTokens(headers, names))) continue
    const state: Draft<RateLimitState> = {}
    put(state, 'remainingRequests', remainingRequests)
    put(state, 'remainingTokens', remainingTokens)
    put(state, 'limitRequests', readCount(headers, names.limitRequests))
    put(state, 'limitTokens', readCount(headers, names.limitTokens))
    return state
  }
  return undefined
}

/** Whether a dialect that calls its requests alike has more to say. */
function hasOtherTokens(headers: ResponseHeaders, names: Dialect): boolean {
  return names === DIALECTS[0] && readCount(headers, OTHER_TOKENS) !== undefined
}

/** Which quota a 429 is about, as far as headers tell: the one that has nothing left. */
export function rateLimitReason(state: RateLimitState | undefined): RateLimitReason {
  if (state?.remainingRequests === 0) return 'requests'
  return state?.remainingTokens === 0 ? 'tokens' : 'unknown'
}

/**
 * The id that the provider's support asks for: `x-request-id` is OpenAI's, `apim-request-id` that of Azure's gateway, `x-amzn-requestid` Bedrock's. An
 * empty one is none.
 */
export function readRequestId(headers: ResponseHeaders): string | undefined {
  return (
    headers.get('x-request-id') ||
    headers.get('apim-request-id') ||
    headers.get('x-amzn-requestid') ||
    headers.get('request-id') ||
    undefined
  )
}

/**
 * How many seconds the provider asks to wait: by `retry-after-ms`, OpenAI's and Azure's, else by `retry-after`, which is a number of seconds or
 * a date (RFC 9110, 10.2.3).
 *
 * @param nowMs milliseconds since the epoch.
 */
export function readRetryAfter(headers: ResponseHeaders, nowMs: number): number | undefined {
  const milliseconds = readNumber(headers.get('retry-after-ms'))
  if (milliseconds !== undefined) return milliseconds / 1000
  const text = headers.get('retry-after')
  const seconds = readNumber(text)
  if (seconds !== undefined || text === null) return seconds
  const date = /^[A-Za-z]{3},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowMs) / 1000)
}

/** A count of 0 or more. Azure sends -1 where it knows none, which is no count. */
function readCount(headers: ResponseHeaders, name: string): number | undefined {
  const text = headers.get(name)
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function readNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,12}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined
}
