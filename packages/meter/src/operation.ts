/** What kind of endpoint was called. The value is the `operation` label of the `ai_*` metrics. */
export type Operation = 'chat_completion' | 'response' | 'completion' | 'embedding'

/** How the GenAI conventions see an operation. */
export interface OperationConvention {
  /** Value of `gen_ai.operation.name`, and first word of the span's name. */
  readonly name: string
  /** Value of `openai.api.type`, where the conventions have one. */
  readonly apiType?: string
  /** Which family of client metrics it is measured by. */
  readonly metrics: 'inference' | 'embeddings'
}

/** Operation → conventions, after the registry of `semconv/`: a Responses call is a `chat`, and legacy completions have no API type. */
export const OPERATION_CONVENTIONS: Readonly<Record<Operation, OperationConvention>> = {
  chat_completion: { name: 'chat', apiType: 'chat_completions', metrics: 'inference' },
  response: { name: 'chat', apiType: 'responses', metrics: 'inference' },
  completion: { name: 'text_completion', metrics: 'inference' },
  embedding: { name: 'embeddings', metrics: 'embeddings' },
}
