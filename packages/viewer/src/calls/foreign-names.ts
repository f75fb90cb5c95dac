/** What others say, too. */
export type ForeignFact =
  | 'operation'
  | 'provider'
  | 'model'
  | 'responseModel'
  | 'responseId'
  | 'inputTokens'
  | 'outputTokens'
  | 'cachedTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
  | 'cost'
  | 'feature'
  | 'user'
  | 'session'
  | 'finishReasons'
  | 'timeToFirstChunkMs'
  | 'tool'
  | 'input'
  | 'output'

/**
 * How others spell what a call is, strongest first: OpenInference (https://github.com/Arize-ai/openinference/tree/main/spec), OpenLLMetry
 * (https://github.com/traceloop/openllmetry), the GenAI conventions before v0.1.0 (up to semantic conventions 1.36), and the Vercel AI SDK
 * (https://ai-sdk.dev/docs/ai-sdk-core/telemetry). State of 2026-11.
 */
export const FOREIGN: Readonly<Record<ForeignFact, readonly string[]>> = {
  operation: ['openinference.span.kind', 'traceloop.span.kind', 'llm.request.type', 'operation.name', 'ai.operationId'],
  provider: ['gen_ai.system', 'llm.provider', 'llm.system', 'llm.vendor', 'ai.model.provider'],
  model: ['llm.model_name', 'embedding.model_name', 'llm.request.model', 'ai.model.id'],
  responseModel: ['llm.response.model', 'ai.response.model'],
  responseId: ['ai.response.id'],
  inputTokens: [
    'gen_ai.usage.prompt_tokens',
    'llm.token_count.prompt',
    'llm.usage.prompt_tokens',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
  ],
  outputTokens: [
    'gen_ai.usage.completion_tokens',
    'llm.token_count.completion',
    'llm.usage.completion_tokens',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
  ],
  cachedTokens: [
    'gen_ai.usage.cache_read_input_tokens',
    'llm.token_count.prompt_details.cache_read',
    'ai.usage.cachedInputTokens',
  ],
  cacheWriteTokens: [
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'llm.token_count.prompt_details.cache_write',
  ],
  reasoningTokens: [
    'gen_ai.usage.reasoning_tokens',
    'llm.token_count.completion_details.reasoning',
    'ai.usage.reasoningTokens',
  ],
  cost: ['llm.cost.total', 'gen_ai.usage.cost'],
  feature: ['ai.telemetry.functionId', 'traceloop.workflow.name'],
  user: ['enduser.id', 'ai.telemetry.metadata.userId', 'traceloop.association.properties.user_id'],
  session: [
    'ai.telemetry.metadata.sessionId',
    'traceloop.association.properties.session_id',
    'traceloop.association.properties.thread_id',
  ],
  finishReasons: [
    'gen_ai.completion.0.finish_reason',
    'llm.finish_reason',
    'llm.response.finish_reason',
    'ai.response.finishReason',
    'ai.finishReason',
  ],
  timeToFirstChunkMs: ['ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'],
  tool: ['tool.name', 'ai.toolCall.name', 'traceloop.entity.name'],
  input: ['input.value', 'traceloop.entity.input', 'ai.prompt.messages', 'ai.prompt'],
  output: ['output.value', 'traceloop.entity.output', 'ai.response.text', 'ai.response.toolCalls'],
}

/** Words by which others say what a span is, as beginnings: operations of ours. */
export const FOREIGN_OPERATIONS: readonly (readonly [word: string, operation: string])[] = [
  ['ai.generatetext.dogenerate', 'chat'],
  ['ai.streamtext.dostream', 'chat'],
  ['ai.generateobject.dogenerate', 'chat'],
  ['ai.streamobject.dostream', 'chat'],
  ['ai.embed.doembed', 'embeddings'],
  ['ai.embedmany.doembed', 'embeddings'],
  ['ai.toolcall', 'execute_tool'],
  ['ai.', 'invoke_agent'],
  ['llm', 'chat'],
  ['chat', 'chat'],
  ['completion', 'text_completion'],
  ['embedding', 'embeddings'],
  ['tool', 'execute_tool'],
  ['agent', 'invoke_agent'],
  ['workflow', 'invoke_agent'],
  ['chain', 'invoke_agent'],
  ['retriever', 'retrieval'],
]

/** Messages that others write an attribute each, with a number: how those of one side are found. */
export interface IndexedMessages {
  /** What all these names begin with. */
  readonly beginning: string
  /** Has the number of the message, and the rest of the name. */
  readonly names: RegExp
  readonly side: 'input' | 'output'
}

/**
 * OpenLLMetry (`gen_ai.prompt.0.content`, its `SpanAttributes.LLM_PROMPTS`) and OpenInference (`llm.input_messages.0.message.content`, its specification of semantic
 * conventions). State of 2026-11.
 */
export const INDEXED_MESSAGES: readonly IndexedMessages[] = [
  { beginning: 'gen_ai.prompt.', names: /^gen_ai\.prompt\.(\d{1,6})\.(.+)$/, side: 'input' },
  { beginning: 'llm.input_messages.', names: /^llm\.input_messages\.(\d{1,6})\.message\.(.+)$/, side: 'input' },
  { beginning: 'gen_ai.completion.', names: /^gen_ai\.completion\.(\d{1,6})\.(.+)$/, side: 'output' },
  { beginning: 'llm.output_messages.', names: /^llm\.output_messages\.(\d{1,6})\.message\.(.+)$/, side: 'output' },
]

/** What of an indexed message was said: its content, parts of it, and tools it calls with what. */
export const INDEXED_TEXT: RegExp =
  /^(?:content|contents\.(\d{1,6})\.message_content\.text|tool_calls\.(\d{1,6})\.(?:tool_call\.function\.)?(name|arguments))$/
