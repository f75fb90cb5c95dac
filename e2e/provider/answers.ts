import type { ServedUsage } from './usage-by-model.ts'

/** Endpoint → value of the `operation` label. */
export const OPERATION_BY_PATH: Readonly<Record<string, string>> = {
  '/v1/chat/completions': 'chat_completion',
  '/v1/responses': 'response',
  '/v1/completions': 'completion',
  '/v1/embeddings': 'embedding',
  '/v1/moderations': 'moderation',
}

const CREATED = 1_790_000_000
const TEXT = 'All is well.'

/** The body of a whole answer, as the API of OpenAI spells it. */
export function answerBody(operation: string, model: string, usage: ServedUsage): unknown {
  switch (operation) {
    case 'chat_completion':
      return {
        id: 'chatcmpl-e2e',
        object: 'chat.completion',
        created: CREATED,
        model,
        choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop', logprobs: null }],
        usage: chatUsage(usage),
      }
    case 'response':
      return responseBody(model, usage)
    case 'completion':
      return {
        id: 'cmpl-e2e',
        object: 'text_completion',
        created: CREATED,
        model,
        choices: [{ index: 0, text: TEXT, finish_reason: 'stop', logprobs: null }],
        usage: chatUsage(usage),
      }
    default:
      return {
        object: 'list',
        model,
        data: [{ object: 'embedding', index: 0, embedding: [0.25, -0.5, 0.125] }],
        usage: { prompt_tokens: usage.input, total_tokens: usage.input },
      }
  }
}

/** The lines of a streamed answer, as server-sent events; without `usage` it tells none. */
export function answerEvents(operation: string, model: string, usage: ServedUsage | undefined): string[] {
  if (operation === 'response') {
    const events = [
      { type: 'response.created', sequence_number: 0, response: { ...responseBody(model), status: 'in_progress' } },
      {
        type: 'response.output_text.delta',
        sequence_number: 1,
        item_id: 'msg_e2e',
        output_index: 0,
        content_index: 0,
        delta: TEXT,
      },
      { type: 'response.completed', sequence_number: 2, response: responseBody(model, usage) },
    ]
    return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  const chunk = { id: 'chatcmpl-e2e', object: 'chat.completion.chunk', created: CREATED, model }
  const chunks = [
    { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: TEXT }, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ...(usage ? [{ ...chunk, choices: [], usage: chatUsage(usage) }] : []),
  ]
  return [...chunks.map((data) => `data: ${JSON.stringify(data)}\n\n`), 'data: [DONE]\n\n']
}

function chatUsage({ input, cached, output, reasoning }: ServedUsage): unknown {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
}

function responseBody(model: string, usage?: ServedUsage): Record<string, unknown> {
  const content = [{ type: 'output_text', text: TEXT, annotations: [] }]
  return {
    id: 'resp_e2e',
    object: 'response',
    created_at: CREATED,
    status: 'completed',
    model,
    output: usage ? [{ type: 'message', id: 'msg_e2e', role: 'assistant', status: 'completed', content }] : [],
    usage: usage
      ? {
          input_tokens: usage.input,
          input_tokens_details: { cached_tokens: usage.cached },
          output_tokens: usage.output,
          output_tokens_details: { reasoning_tokens: usage.reasoning },
          total_tokens: usage.input + usage.output,
        }
      : null,
  }
}
