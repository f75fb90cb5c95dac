/** What kind of endpoint was called. The value is the `operation` label of the `ai_*` metrics. */
export type Operation =
  | 'chat_completion'
  | 'response'
  | 'completion'
  | 'embedding'
  | 'image'
  | 'speech'
  | 'transcription'
  | 'translation'
  | 'realtime'
  | 'moderation'
  | 'decision'
  | 'compaction'
  | 'token_count'
  | 'search'
  | 'video'
  | 'batch'
  | 'response_retrieval'
  | 'video_retrieval'
  | 'batch_retrieval'
  | 'administration'

/** How the GenAI conventions see an operation. */
export interface OperationConvention {
  /** Value of `gen_ai.operation.name`, and first word of the span's name. */
  readonly name: string
  /** Value of `openai.api.type`, where the conventions have one. */
  readonly apiType?: string
  /**
   * Which family of client metrics it is measured by. `other` has a duration and nothing else there: the conventions count tokens of
   * inference and embeddings only.
   */
  readonly metrics: 'inference' | 'embeddings' | 'other'
  /** Whether token counts stay off the span, because they belong to the call that was fetched. */
  readonly usageIsAnothers?: true
}

/**
 * Operation → conventions, after the registry of `semconv/`. A Responses call is a `chat`, and legacy completions have no API type.
 * Images and audio are `generate_content`, the registry's word for multimodal generation. For the rest the registry, whose list of names
 * is open, has no word: there our own label stands.
 */
export const OPERATION_CONVENTIONS: Readonly<Record<Operation, OperationConvention>> = {
  chat_completion: { name: 'chat', apiType: 'chat_completions', metrics: 'inference' },
  response: { name: 'chat', apiType: 'responses', metrics: 'inference' },
  completion: { name: 'text_completion', metrics: 'inference' },
  embedding: { name: 'embeddings', metrics: 'embeddings' },
  image: { name: 'generate_content', metrics: 'inference' },
  speech: { name: 'generate_content', metrics: 'inference' },
  transcription: { name: 'generate_content', metrics: 'inference' },
  translation: { name: 'generate_content', metrics: 'inference' },
  realtime: { name: 'generate_content', metrics: 'inference' },
  moderation: { name: 'moderation', metrics: 'other' },
  decision: { name: 'decision', metrics: 'other' },
  compaction: { name: 'compaction', apiType: 'responses', metrics: 'other' },
  token_count: { name: 'token_count', apiType: 'responses', metrics: 'other' },
  search: { name: 'retrieval', metrics: 'other' },
  video: { name: 'video', metrics: 'other' },
  batch: { name: 'batch', metrics: 'other' },
  response_retrieval: { name: 'fetch_response', apiType: 'responses', metrics: 'other', usageIsAnothers: true },
  video_retrieval: { name: 'video_retrieval', metrics: 'other' },
  batch_retrieval: { name: 'batch_retrieval', metrics: 'other' },
  administration: { name: 'administration', metrics: 'other' },
}
