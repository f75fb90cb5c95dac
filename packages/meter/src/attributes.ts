/** Span attributes of ours, for what the GenAI conventions have no name for. */
export const AI_ATTRIBUTE = {
  /** Kind of endpoint: the `operation` label of the `ai_*` metrics. */
  operation: 'ai.operation',
  /** How the call ended: the `status` label of `ai_requests_total`. */
  status: 'ai.status',
  /** Cost in USD: the double nearest to the exact amount. Absent when unknown. */
  cost: 'ai.cost',
  /** The cost in the currency of the settings, beside the one in USD. */
  convertedCost: 'ai.converted_cost',
  /** That currency, by ISO 4217. */
  currency: 'ai.currency.code',
  /** Units of that currency for one USD, as the settings write it. */
  currencyRate: 'ai.currency.rate',
  /** Day of that rate, `YYYY-MM-DD`. */
  currencyRateDate: 'ai.currency.date',
  /** Where that rate is from. */
  currencyRateSource: 'ai.currency.source',
  /** Price list and version the cost was computed from. */
  priceSource: 'ai.price.source',
  /** Day of that price list, `YYYY-MM-DD`. */
  priceDate: 'ai.price.date',
  /** Service tier that was charged. */
  priceTier: 'ai.price.tier',
  /** Where the call was processed, as far as that decides the price. */
  priceZone: 'ai.price.zone',
  /** Why there is no cost. */
  unpriced: 'ai.unpriced',
  /** Where token counts come from: `provider`; `estimated`, then they are in `ai.estimate.*` only; `none`. */
  usageSource: 'ai.usage.source',
  /** Input tokens, estimated because the provider told no usage. */
  estimatedInputTokens: 'ai.estimate.input_tokens',
  /** Output tokens that arrived, estimated because the provider told no usage. */
  estimatedOutputTokens: 'ai.estimate.output_tokens',
  /** How they were estimated: `gpt-tokenizer` or `characters`. */
  estimateMethod: 'ai.estimate.method',
  /** What the estimated tokens would cost in USD. */
  estimatedCost: 'ai.estimate.cost',
  /** Characters to be spoken. */
  inputCharacters: 'ai.usage.input_characters',
  /** Seconds of audio transcribed, or of a live session. */
  inputSeconds: 'ai.usage.input_seconds',
  /** Seconds of video made. */
  outputSeconds: 'ai.usage.output_seconds',
  /** Images made, where they are charged apiece. */
  outputImages: 'ai.usage.output_images',
  /** Calls of the provider's web search. */
  webSearches: 'ai.usage.web_searches',
  /** Calls of the provider's file search. */
  fileSearches: 'ai.usage.file_searches',
  /** Calls of the preview of the provider's web search. */
  webSearchPreviews: 'ai.usage.web_search_previews',
  /** Sessions of the provider's containers that the call began. */
  containerSessions: 'ai.usage.container_sessions',
  /** Model that made images for the model that was asked. */
  imageToolModel: 'ai.usage.image_tool.model',
  /** Input tokens of that model; they are in no other count. */
  imageToolInputTokens: 'ai.usage.image_tool.input_tokens',
  /** Output tokens of that model; they are in no other count. */
  imageToolOutputTokens: 'ai.usage.image_tool.output_tokens',
  /** Method and path of an administrative request, ids left out. */
  route: 'ai.route',
  /** Where a batch or a video stands, in the provider's words. */
  jobStatus: 'ai.job.status',
  /** Feature of the application that the call was made for. */
  feature: 'ai.feature',
  /** Customer or organisation that the call was made for. */
  tenant: 'ai.tenant',
  /** User that the call was made for: the name OpenTelemetry gives it, https://opentelemetry.io/docs/specs/semconv/registry/attributes/user/. */
  user: 'user.id',
  /** Session that the call belongs to: https://opentelemetry.io/docs/specs/semconv/registry/attributes/session/. */
  session: 'session.id',
  /** Texts whose embeddings were asked for, where content is captured: messages in JSON, for which the conventions have no place on such spans. */
  inputMessages: 'ai.input.messages',
  /** Content was longer than its caps: something is cut or left out. */
  contentTruncated: 'ai.content.truncated',
  /** Where a `contentHook` has stored the content of the call. */
  contentReference: 'ai.content.reference',
  /** HTTP requests this call took. */
  attempts: 'ai.attempts',
  /** Chunks the application received. */
  chunks: 'ai.chunks',
  /** Azure deployment that was asked. */
  deployment: 'ai.deployment',
  /** Version of Azure's API that was asked, where it has one. */
  apiVersion: 'ai.api_version',
  /** HTTP status of one attempt. */
  httpStatus: 'http.response.status_code',
  /** Request id the provider gave: on the span that of the last attempt, on an event that of its own. */
  requestId: 'ai.request_id',
  /** Seconds the provider asked to wait after an attempt. */
  retryAfter: 'ai.attempt.retry_after',
  /** Seconds that were waited before an attempt. */
  delay: 'ai.attempt.delay',
  /** Why an attempt was answered with 429. */
  rateLimitReason: 'ai.rate_limit.reason',
} as const

/** Names of the events of ours, on spans and as log records. */
export const AI_EVENT = {
  /** Log record of a finished call. */
  call: 'ai.call',
  /** One HTTP attempt, of a call that took several or was refused. */
  attempt: 'ai.attempt',
} as const
