import type { RateLimitReason, RateLimitState } from '@tokenmeter/meter'
import type { ResponseHeaders } from '../seam/shapes.ts'

/** What the provider says of the quota that is left, or `undefined` when it says nothing. */
export function readRateLimit(headers: ResponseHeaders): RateLimitState | undefined {
  const remainingRequests = readCount(headers, 'x-ratelimit-remaining-requests')
  const remainingTokens = readCount(headers, 'x-ratelimit-remaining-tokens')
  if (remainingRequests === undefined && remainingTokens === undefined) return undefined
  const limitRequests = readCount(headers, 'x-ratelimit-limit-requests')
  const limitTokens = readCount(headers, 'x-ratelimit-limit-tokens')
  return {
    ...(remainingRequests !== undefined && { remainingRequests }),
    ...(remainingTokens !== undefined && { remainingTokens }),
    ...(limitRequests !== undefined && { limitRequests }),
    ...(limitTokens !== undefined && { limitTokens }),
  }
}

/** Which quota a 429 is about, as far as headers tell: the one that has nothing left. */
export function rateLimitReason(state: RateLimitState | undefined): RateLimitReason {
  if (state?.remainingRequests === 0) return 'requests'
  return state?.remainingTokens === 0 ? 'tokens' : 'unknown'
}

/** A count of 0 or more. Azure sends -1 where it knows none, which is no count. */
function readCount(headers: ResponseHeaders, name: string): number | undefined {
  const text = headers.get(name)
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
