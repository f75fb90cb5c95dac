import type { UnpricedReason } from '../src/call.ts'
import { METRIC, type MetricDefinition } from '../src/generated/gen-ai.ts'
import type { Label } from '../src/instruments.ts'
import type { Status } from '../src/status.ts'

const ALLOWED_ONLY = 'only if `metricAttribution` names it; `maxLabelValues`, then `other`'

/** What a label says, and what keeps the number of its values small. */
export const LABELS: Readonly<Record<Label, { readonly meaning: string; readonly bound: string }>> = {
  model: {
    meaning: 'the model as the request names it; `unknown` if it names none',
    bound:
      '`maxLabelValues` (default 200) for each process, shared with the models that responses name; the rest is `other`',
  },
  operation: {
    meaning: 'the kind of endpoint, or the name given to `getMonitor()`',
    bound: '`maxLabelValues`, then `other`',
  },
  provider: { meaning: 'a value of `gen_ai.provider.name`', bound: '`maxLabelValues`, then `other`' },
  status: { meaning: 'how the call ended, see below', bound: '4 values' },
  token_type: { meaning: '`prompt` or `completion`: their sum is the total', bound: '2 values' },
  error_type: {
    meaning: "the provider's error code, else the HTTP status, else the class of the exception, else `_OTHER`",
    bound: '`maxLabelValues`, then `other`',
  },
  reason: {
    meaning:
      'of a 429: `requests`, `tokens`, `quota`, `unknown`; of a retry: `rate_limit`, `timeout`, `conflict`, `server_error`, `connection`, `other`; of a missing cost: see below',
    bound: 'a fixed list for each metric',
  },
  kind: { meaning: 'which quota: `requests` or `tokens`', bound: '2 values' },
  class: {
    meaning: 'what was found: a class of `@tokenmeter/scrub`, or what a pattern of yours is called',
    bound: '`maxLabelValues`, then `other`',
  },
  source: { meaning: 'price list and version', bound: 'one for each price list in use' },
  currency: { meaning: 'currency of the settings, by ISO 4217', bound: 'one' },
  budget: {
    meaning: 'name of the budget; with `per`, name/tenant and the like',
    bound: 'as many as are configured; with `per` the first 200 of each process, and no users',
  },
  period: { meaning: 'period of the budget', bound: 'one for each budget' },
  feature: { meaning: 'feature of the application, by `withAI`', bound: ALLOWED_ONLY },
  tenant: { meaning: 'customer or organisation, by `withAI`', bound: ALLOWED_ONLY },
  user: { meaning: 'id of the user, by `withAI`, as it was given', bound: ALLOWED_ONLY },
  prompt: { meaning: 'name of the prompt, by the request or `withAI`', bound: ALLOWED_ONLY },
  prompt_version: { meaning: 'version of that prompt', bound: ALLOWED_ONLY },
}

/** Value of the `status` label → when it is given. */
export const STATUS_MEANINGS: Readonly<Record<Status, string>> = {
  success: 'The application got the whole answer. An answer that was cut off by a token limit or a filter is one.',
  error: 'The application got an exception, or the stream broke. Errors that a retry cured do not count.',
  rate_limit: 'The last attempt was answered with 429. Every 429, retried ones too, is in `ai_rate_limit_hits_total`.',
  cancelled:
    'The application stopped it: by an abort signal, by leaving the loop over a stream, or by never finishing it.',
}

/** Value of the `reason` label of unpriced requests → when it is given. */
export const UNPRICED_MEANINGS: Readonly<Record<UnpricedReason, string>> = {
  no_usage:
    'The answer counted no tokens: a stream that was left early, or of a host that cannot be asked for usage. What is estimated of it has metrics of its own.',
  unknown_model: 'The price list does not have the model.',
  unknown_provider: 'The price list does not have the provider.',
  unknown_deployment: 'An Azure deployment, and neither the answer nor the settings name the model behind it.',
  unknown_tier: 'The service tier has no listed price.',
  unknown_zone: 'The model has a listed price, but not for where the call was processed.',
  unknown_unit: 'Something was used that has no listed price for the model, such as audio.',
  summed_usage:
    'The usage is a sum over the requests of a batch, and the price depends on how long each of them was. Reading the output file tells.',
  price_table_unavailable: 'The price list could not be loaded or read.',
  no_price_book: 'Nothing puts prices on calls in this process.',
}

/** Metric of the GenAI conventions → what we record in it. */
export const GEN_AI_MEANINGS: ReadonlyMap<MetricDefinition, string> = new Map([
  [METRIC.genAiClientInferenceDuration, 'duration of chat and completion calls, for streams to the end of the stream'],
  [METRIC.genAiClientEmbeddingsDuration, 'duration of embeddings calls'],
  [METRIC.genAiClientInferenceTimeToFirstChunk, 'from the request to the first chunk of a stream'],
  [METRIC.genAiClientInferenceTimePerOutputChunk, 'between one chunk of a stream and the next'],
  [METRIC.genAiClientInferenceUsageInputTokens, 'input tokens by modality, cached ones included'],
  [METRIC.genAiClientInferenceUsageOutputTokens, 'output tokens by modality, reasoning included'],
  [METRIC.genAiClientInferenceUsageCacheReadInputTokens, "input served from the provider's cache"],
  [METRIC.genAiClientInferenceUsageCacheWriteInputTokens, "input written to the provider's cache"],
  [METRIC.genAiClientInferenceUsageReasoningOutputTokens, 'output spent on reasoning'],
  [METRIC.genAiClientInferenceOperationInputTokens, 'input tokens of one call: a distribution, not for totals'],
  [METRIC.genAiClientInferenceOperationOutputTokens, 'output tokens of one call: a distribution, not for totals'],
  [METRIC.genAiClientEmbeddingsOperationInputTokens, 'input tokens of one embeddings call'],
  [METRIC.genAiClientOperationDuration, 'duration of calls, for streams to the end of the stream'],
  [METRIC.genAiClientOperationTimeToFirstChunk, 'from the request to the first chunk of a stream'],
  [METRIC.genAiClientOperationTimePerOutputChunk, 'between one chunk of a stream and the next'],
  [METRIC.genAiClientTokenUsage, 'tokens of one call; `gen_ai.token.type` is `input` or `output`'],
])
