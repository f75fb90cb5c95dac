import type { Context } from '@opentelemetry/api'
import type { Attempt, Call, CallStart, RateLimitReason } from '../call.ts'
import type { Ledger, LedgerRow } from '../ledger.ts'
import { PROVIDER_SOURCE } from '../price-source.ts'
import { statusOf } from '../status.ts'

/** Label value for calls that name no model, such as those that fetch a batch. */
const UNKNOWN_MODEL = 'unknown'

/** Value of the `model` label: what was asked for, and for calls that ask for none, what the answer names. */
const modelOf = ({ request, response }: Call): string => request.model ?? response?.model ?? UNKNOWN_MODEL

/** The series of a call's labels, which exist, at 0, from its beginning if the model is known then. */
export function rowOf(ledger: Ledger, call: CallStart, model: string): LedgerRow {
  const { operation, provider, attribution, request } = call
  const { promptName: name, promptVersion: version } = request.parameters
  const prompt = name === undefined ? undefined : { name, version }
  return ledger.row(model, operation, provider, ledger.attribution.of(attribution, prompt))
}

/**
 * Adds a finished call to the `ai_*` metrics.
 *
 * @param known its row, where that is known already.
 */
export function recordAiMetrics(ledger: Ledger, known: LedgerRow | undefined, call: Call, context: Context): void {
  const row = known ?? rowOf(ledger, call, modelOf(call))
  const status = statusOf(call.outcome.kind)
  row.requests[status].value += 1
  if (status === 'error' || status === 'rate_limit') ledger.addError(row, call.outcome.errorType ?? '_OTHER')
  if (call.usage) {
    const cells = ledger.tokenCells(row)
    cells.prompt.value += call.usage.inputTokens
    cells.completion.value += call.usage.outputTokens
    cells.currentPrompt.value = call.usage.inputTokens
    cells.currentCompletion.value = call.usage.outputTokens
  }
  if (call.cost) {
    ledger.addCost(row, call.cost.picoUsd)
    const { priceSource, priceDate, converted } = call.cost
    if (converted) ledger.addConvertedCost(row, converted)
    if (priceSource !== PROVIDER_SOURCE) ledger.notePriceTable(priceSource, priceDate)
  } else if (call.unpriced) {
    ledger.unpricedRequests.cellFor(row.attribution, row.model, row.operation, call.unpriced).value += 1
  }
  if (call.estimate) ledger.addEstimate(row, call.estimate, call.estimatedCost)
  recordAttempts(ledger, row, call)
  // Last: of all this, only the SDK's histogram can throw.
  ledger.recordDuration(row, status, call.timing.duration, context)
}

function countHit(
  ledger: Ledger,
  { model, operation, provider, attribution }: LedgerRow,
  reason: RateLimitReason = 'unknown',
): void {
  ledger.rateLimitHits.cellFor(attribution, model, operation, provider, reason).value += 1
}

function countRetry(ledger: Ledger, { model, operation, attribution }: LedgerRow, failed: Attempt): void {
  ledger.retries.cellFor(attribution, model, operation, retryReason(failed)).value += 1
}

function recordAttempts(ledger: Ledger, row: LedgerRow, call: Call): void {
  const { attempts } = call
  if (attempts.length === 0 && call.outcome.kind === 'rate_limit') countHit(ledger, row, call.rateLimitReason)
  for (let index = 0; index < attempts.length; index++) {
    const attempt = attempts[index] as Attempt
    if (attempt.status === 429) countHit(ledger, row, attempt.rateLimitReason)
    if (index < attempts.length - 1) countRetry(ledger, row, attempt)
  }
  const rateLimit = call.rateLimit ?? attempts.at(-1)?.rateLimit
  if (!rateLimit) return
  const { remainingRequests, remainingTokens, limitRequests, limitTokens } = rateLimit
  if (remainingRequests !== undefined) ledger.rateLimitRemaining.cell(row.model, 'requests').value = remainingRequests
  if (remainingTokens !== undefined) ledger.rateLimitRemaining.cell(row.model, 'tokens').value = remainingTokens
  if (limitRequests !== undefined) ledger.rateLimitLimit.cell(row.model, 'requests').value = limitRequests
  if (limitTokens !== undefined) ledger.rateLimitLimit.cell(row.model, 'tokens').value = limitTokens
}

/** Value of the `reason` label of `ai_retries_total`: what was wrong with the attempt before. */
function retryReason({ status, errorType }: Attempt): string {
  if (status === undefined) return errorType === 'AbortError' ? 'timeout' : 'connection'
  if (status === 429) return 'rate_limit'
  if (status === 408) return 'timeout'
  if (status === 409) return 'conflict'
  return status >= 500 ? 'server_error' : 'other'
}
