import { context } from '@opentelemetry/api'
import { attributionIn } from './attribution-scope.ts'
import type { RateLimitReason } from './call.ts'
import { guard, warnOnce } from './guard.ts'
import { instrumentSet } from './instrument-set.ts'
import type { Ledger, LedgerRow } from './ledger.ts'
import { type Status, STATUSES } from './status.ts'
import { picoFromUsd } from './usd.ts'

/** Labels a manual record may carry. What is left out is recorded as `unknown`. */
export interface RecordLabels {
  readonly model?: string
  readonly provider?: string
}

/** Labels of a rate limit: which quota ran out. Default `unknown`. */
export interface RateLimitLabels extends RecordLabels {
  readonly reason?: RateLimitReason
}

/** Value of the `token_type` label. */
export type TokenType = 'prompt' | 'completion'

/**
 * Records what a client of your own does into the same `ai_*` metrics.
 *
 * No method throws. A value that cannot be true (negative, NaN, infinite, an unknown token type or status) is refused with one
 * warning through OpenTelemetry's `diag` and leaves every counter as it was.
 */
export interface Monitor {
  /** Adds to `ai_cost_total`. `usd` is an amount in US dollars, exact to 10⁻¹² USD. */
  recordCost(usd: number, operation: string, labels?: RecordLabels): void
  /** Adds to `ai_tokens_total`. `count` is a whole number; `labels.operation` defaults to `unknown`. */
  recordTokens(count: number, tokenType: TokenType, labels?: RecordLabels & { readonly operation?: string }): void
  /** Adds one to `ai_requests_total` and its duration in seconds to `ai_request_duration_seconds`. */
  recordRequest(operation: string, status: Status, seconds: number, labels?: RecordLabels): void
  /** Adds one to `ai_errors_total`. */
  recordError(errorType: string, operation: string, labels?: RecordLabels): void
  /** Adds one to `ai_rate_limit_hits_total`. */
  recordRateLimit(operation: string, labels?: RateLimitLabels): void
}

const UNKNOWN = 'unknown'
const TOKEN_TYPES: readonly string[] = ['prompt', 'completion'] satisfies TokenType[]
const RATE_LIMIT_REASONS: readonly string[] = ['requests', 'tokens', 'quota', 'unknown'] satisfies RateLimitReason[]

/** The monitor of this process: records into the global MeterProvider, whichever registers first. */
export function getMonitor(): Monitor {
  return monitor
}

const monitor: Monitor = {
  recordCost(usd, operation, labels) {
    if (!isAmount('recordCost', 'usd', usd) || !isText('recordCost', 'operation', operation)) return
    record('recordCost', operation, labels, (ledger, row) => ledger.addCost(row, picoFromUsd(usd)))
  },
  recordTokens(count, tokenType, labels) {
    if (!isAmount('recordTokens', 'count', count) || !isWhole('recordTokens', 'count', count)) return
    if (!isOneOf('recordTokens', 'tokenType', tokenType, TOKEN_TYPES)) return
    const operation = labels?.operation ?? UNKNOWN
    if (!isText('recordTokens', 'labels.operation', operation)) return
    record('recordTokens', operation, labels, (ledger, row) => {
      const cells = ledger.tokenCells(row)
      const isPrompt = tokenType === 'prompt'
      ;(isPrompt ? cells.prompt : cells.completion).value += count
      ;(isPrompt ? cells.currentPrompt : cells.currentCompletion).value = count
    })
  },
  recordRequest(operation, status, seconds, labels) {
    if (!isAmount('recordRequest', 'seconds', seconds) || !isText('recordRequest', 'operation', operation)) return
    if (!isOneOf('recordRequest', 'status', status, STATUSES)) return
    record('recordRequest', operation, labels, (ledger, row) => {
      row.requests[status].value += 1
      ledger.recordDuration(row, status, seconds)
    })
  },
  recordError(errorType, operation, labels) {
    if (!isText('recordError', 'errorType', errorType) || !isText('recordError', 'operation', operation)) return
    record('recordError', operation, labels, (ledger, row) => ledger.addError(row, errorType))
  },
  recordRateLimit(operation, labels) {
    const reason = labels?.reason ?? UNKNOWN
    if (!isText('recordRateLimit', 'operation', operation)) return
    if (!isOneOf('recordRateLimit', 'labels.reason', reason, RATE_LIMIT_REASONS)) return
    record('recordRateLimit', operation, labels, (ledger, row) => {
      ledger.rateLimitHits.cellFor(row.attribution, row.model, row.operation, row.provider, reason).value += 1
    })
  },
}

function record(
  method: string,
  operation: string,
  labels: RecordLabels | undefined,
  write: (ledger: Ledger, row: LedgerRow) => void,
): void {
  const model = labels?.model ?? UNKNOWN
  const provider = labels?.provider ?? UNKNOWN
  if (!isText(method, 'labels.model', model) || !isText(method, 'labels.provider', provider)) return
  guard(method, () => {
    const { ledger } = instrumentSet()
    const attribution = ledger.attribution.of(attributionIn(context.active()))
    write(ledger, ledger.row(model, operation, provider, attribution))
  })
}

function isAmount(method: string, field: string, value: unknown): value is number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return true
  return refuse(method, field, value, `a number from 0 to ${Number.MAX_SAFE_INTEGER}`)
}

function isWhole(method: string, field: string, value: number): boolean {
  return Number.isInteger(value) || refuse(method, field, value, 'a whole number')
}

function isText(method: string, field: string, value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || refuse(method, field, value, 'a text that is not empty')
}

function isOneOf(method: string, field: string, value: unknown, accepted: readonly string[]): boolean {
  return accepted.includes(value as string) || refuse(method, field, value, `one of ${accepted.join(', ')}`)
}

function refuse(method: string, field: string, value: unknown, accepted: string): false {
  warnOnce(
    `${method} ${field} ${accepted}`,
    `tokenmeter: ${method}() was ignored: \`${field}\` must be ${accepted}, got ${describe(value)}. Nothing was counted.`,
  )
  return false
}

/** Only texts and numbers are shown: turning anything else into text may run code of the application's. */
function describe(value: unknown): string {
  if (typeof value === 'string') return `${JSON.stringify(value.slice(0, 40))} (string)`
  return typeof value === 'number' ? `${value} (number)` : typeof value
}
