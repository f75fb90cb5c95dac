/**
 * Labels that say for whom a call was made. Counters have those of them that an allow-list names, beside their own, where the call says so. Not in the list:
 * sessions, of which there is no end.
 */
export const ATTRIBUTION_LABELS = ['feature', 'tenant', 'user', 'prompt', 'prompt_version'] as const

/** A label that says for whom a call was made. */
export type AttributionLabel = (typeof ATTRIBUTION_LABELS)[number]

/** Labels of the `ai_*` metrics. */
export type Label =
  | AttributionLabel
  | 'model'
  | 'operation'
  | 'provider'
  | 'status'
  | 'token_type'
  | 'error_type'
  | 'reason'
  | 'kind'
  | 'source'
  | 'currency'
  | 'class'
  | 'budget'
  | 'period'

/** One instrument of ours: everything that dashboards, rules, docs and tests need to know about it. */
export interface InstrumentDefinition {
  /** OpenTelemetry name. */
  readonly name: string
  /** The name in Prometheus, the same on the pull endpoint and after OTLP. */
  readonly prometheusName: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** UCUM unit; words in braces are annotations and leave no trace in the Prometheus name. */
  readonly unit: string
  readonly description: string
  readonly labels: readonly Label[]
  /** Explicit bucket boundaries, for histograms. */
  readonly buckets?: readonly number[]
  /** Whether the series exists at 0 from registration on, because alerts take its rate. */
  readonly startsAtZero?: true
}

/** Key of an instrument in `INSTRUMENTS`. */
export type InstrumentKey =
  | 'cost'
  | 'costCurrent'
  | 'convertedCost'
  | 'tokens'
  | 'tokensCurrent'
  | 'requests'
  | 'requestDuration'
  | 'errors'
  | 'rateLimitHits'
  | 'retries'
  | 'rateLimitRemaining'
  | 'rateLimitLimit'
  | 'unpricedRequests'
  | 'estimatedTokens'
  | 'estimatedCost'
  | 'redactions'
  | 'priceTableTimestamp'
  | 'budgetSpent'
  | 'budgetLimit'

/** Seconds. The boundaries of the GenAI conventions for durations, so that ours can be laid over theirs. */
const DURATION_BUCKETS: readonly number[] = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]

const MODEL_OPERATION_PROVIDER: readonly Label[] = ['model', 'operation', 'provider']

/** Every instrument of ours, declared once. The docs page, the tests and the alert rules read this table. */
export const INSTRUMENTS: Readonly<Record<InstrumentKey, InstrumentDefinition>> = {
  cost: {
    name: 'ai.cost',
    prometheusName: 'ai_cost_total',
    kind: 'counter',
    unit: '{USD}',
    description: 'Cost of finished calls in USD; calls whose cost is unknown are in ai_unpriced_requests_total instead',
    labels: MODEL_OPERATION_PROVIDER,
    startsAtZero: true,
  },
  costCurrent: {
    name: 'ai.cost.current',
    prometheusName: 'ai_cost_current',
    kind: 'gauge',
    unit: '{USD}',
    description: 'Cost of the most recent finished call in USD',
    labels: MODEL_OPERATION_PROVIDER,
  },
  convertedCost: {
    name: 'ai.converted_cost',
    prometheusName: 'ai_converted_cost_total',
    kind: 'counter',
    unit: '{currency}',
    description: 'What ai_cost_total counts, in the currency of the settings, each call at the rate in force then',
    labels: [...MODEL_OPERATION_PROVIDER, 'currency'],
  },
  tokens: {
    name: 'ai.tokens',
    prometheusName: 'ai_tokens_total',
    kind: 'counter',
    unit: '{token}',
    description: 'Tokens of finished calls as the provider counts them; prompt and completion add up to the total',
    labels: ['model', 'operation', 'token_type'],
  },
  tokensCurrent: {
    name: 'ai.tokens.current',
    prometheusName: 'ai_tokens_current',
    kind: 'gauge',
    unit: '{token}',
    description: 'Tokens of the most recent finished call',
    labels: ['model', 'operation', 'token_type'],
  },
  requests: {
    name: 'ai.requests',
    prometheusName: 'ai_requests_total',
    kind: 'counter',
    unit: '{request}',
    description: 'Finished logical calls, retries inside; status is success, error, rate_limit or cancelled',
    labels: ['model', 'operation', 'provider', 'status'],
    startsAtZero: true,
  },
  requestDuration: {
    name: 'ai.request.duration',
    prometheusName: 'ai_request_duration_seconds',
    kind: 'histogram',
    unit: 's',
    description: 'Duration of logical calls, for streams to the end of the stream',
    labels: ['model', 'operation', 'status'],
    buckets: DURATION_BUCKETS,
  },
  errors: {
    name: 'ai.errors',
    prometheusName: 'ai_errors_total',
    kind: 'counter',
    unit: '{error}',
    description: 'Failed logical calls, rate-limited ones included',
    labels: ['model', 'operation', 'provider', 'error_type'],
    startsAtZero: true,
  },
  rateLimitHits: {
    name: 'ai.rate_limit.hits',
    prometheusName: 'ai_rate_limit_hits_total',
    kind: 'counter',
    unit: '{hit}',
    description: 'Every 429 seen on the wire, retried ones too; reason is requests, tokens, quota or unknown',
    labels: ['model', 'operation', 'provider', 'reason'],
    startsAtZero: true,
  },
  retries: {
    name: 'ai.retries',
    prometheusName: 'ai_retries_total',
    kind: 'counter',
    unit: '{retry}',
    description: 'HTTP attempts after the first, by the reason the one before failed',
    labels: ['model', 'operation', 'reason'],
    startsAtZero: true,
  },
  rateLimitRemaining: {
    name: 'ai.rate_limit.remaining',
    prometheusName: 'ai_rate_limit_remaining',
    kind: 'gauge',
    unit: '{quota}',
    description: "Quota left according to the provider's headers; kind is requests or tokens",
    labels: ['model', 'kind'],
  },
  rateLimitLimit: {
    name: 'ai.rate_limit.limit',
    prometheusName: 'ai_rate_limit_limit',
    kind: 'gauge',
    unit: '{quota}',
    description: "Size of the quota according to the provider's headers; kind is requests or tokens",
    labels: ['model', 'kind'],
  },
  unpricedRequests: {
    name: 'ai.unpriced_requests',
    prometheusName: 'ai_unpriced_requests_total',
    kind: 'counter',
    unit: '{request}',
    description: 'Answered calls whose cost is unknown, by the reason why',
    labels: ['model', 'operation', 'reason'],
    startsAtZero: true,
  },
  estimatedTokens: {
    name: 'ai.estimated_tokens',
    prometheusName: 'ai_estimated_tokens_total',
    kind: 'counter',
    unit: '{token}',
    description:
      'Tokens of answered calls whose usage the provider did not tell, estimated from their texts; not in ai_tokens_total',
    labels: ['model', 'operation', 'token_type'],
  },
  estimatedCost: {
    name: 'ai.estimated_cost',
    prometheusName: 'ai_estimated_cost_total',
    kind: 'counter',
    unit: '{USD}',
    description: 'What the tokens in ai_estimated_tokens_total would cost in USD; not in ai_cost_total',
    labels: MODEL_OPERATION_PROVIDER,
  },
  redactions: {
    name: 'ai.redactions',
    prometheusName: 'ai_redactions_total',
    kind: 'counter',
    unit: '{redaction}',
    description: 'Places in content and telemetry that were taken out before they left, by the class of what was found',
    labels: ['class'],
  },
  priceTableTimestamp: {
    name: 'ai.price_table.timestamp',
    prometheusName: 'ai_price_table_timestamp_seconds',
    kind: 'gauge',
    unit: 's',
    description: 'Day of the price list in use, in seconds since the epoch',
    labels: ['source'],
  },
  budgetSpent: {
    name: 'ai.budget.spent_usd',
    prometheusName: 'ai_budget_spent_usd',
    kind: 'gauge',
    unit: '{USD}',
    description:
      'Spent in the current period of a budget: by this process with the store memory, by all processes that share its directory with file, by all replicas that share it with redis',
    labels: ['budget', 'period'],
  },
  budgetLimit: {
    name: 'ai.budget.limit_usd',
    prometheusName: 'ai_budget_limit_usd',
    kind: 'gauge',
    unit: '{USD}',
    description: 'Limit of a budget, for the calls that ai_budget_spent_usd counts',
    labels: ['budget', 'period'],
  },
}
