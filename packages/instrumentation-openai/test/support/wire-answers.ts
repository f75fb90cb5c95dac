import type { Answer } from './wire-server.ts'

/** Usage of a chat completion with every subset that the API reports. */
export const CHAT_USAGE = {
  prompt_tokens: 1117,
  completion_tokens: 342,
  total_tokens: 1459,
  prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 256,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
}

/** Usage of a Responses call with every subset that the API reports. */
export const RESPONSE_USAGE = {
  input_tokens: 328,
  input_tokens_details: { cached_tokens: 128 },
  output_tokens: 87,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: 415,
}

/** Usage of a legacy completion. */
export const COMPLETION_USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }

/** Usage of an embedding call: input only. */
const EMBEDDING_USAGE = { prompt_tokens: 8, total_tokens: 8 }

/** The quota headers that api.openai.com adds to every answer of a model. */
export const RATE_LIMIT_HEADERS = {
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-remaining-tokens': '1998883',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-reset-tokens': '33ms',
}

/** Fields of a JSON body that replace the usual ones; `undefined` leaves one out. */
type Body = Readonly<Record<string, unknown>>

/** Status, headers and ending of an answer, where they are not the usual ones. */
type Wire = Pick<Answer, 'status' | 'headers' | 'after'>

/** What may be different about a stream. */
export interface StreamShape extends Wire {
  /** Fields of every chunk that replace the usual ones. */
  readonly chunk?: Body
  /** Default `stop`. */
  readonly finishReason?: string
  /** Sent in a last chunk of its own, as `stream_options.include_usage` asks for. Default: none is sent. */
  readonly usage?: unknown
  /** Written after the content. Default: what a whole answer ends with; nothing when `after` says that it breaks off. */
  readonly ending?: NonNullable<Answer['pieces']>
}

/** One server-sent event. */
export function sse(data: unknown, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`
}

/** The event that ends a stream of chunks. */
export const DONE = 'data: [DONE]\n\n'

/** A chat completion that says `Hello, world`. */
export function chatCompletion(body: Body = {}, wire: Wire = {}): Answer {
  return answer(wire, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1795478400,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [chatChoice({ content: 'Hello, world' })],
    usage: CHAT_USAGE,
    service_tier: 'default',
    system_fingerprint: 'fp_44709d6fcb',
    ...body,
  })
}

/** A choice of a chat completion; `message` replaces fields of the message. */
export function chatChoice(message: Body, finishReason = 'stop', index = 0): Record<string, unknown> {
  return {
    index,
    message: { role: 'assistant', content: null, refusal: null, annotations: [], ...message },
    logprobs: null,
    finish_reason: finishReason,
  }
}

/** A streamed chat completion: one chunk for each of `contents`. */
export function chatStream(contents: readonly string[], shape: StreamShape = {}): Answer {
  const chunk = (choices: readonly unknown[], rest: Body = {}): string =>
    sse({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1795478400,
      model: 'gpt-4o-mini-2024-07-18',
      service_tier: 'default',
      system_fingerprint: 'fp_44709d6fcb',
      choices,
      ...shape.chunk,
      ...rest,
    })
  const delta = (content: string, index: number): string =>
    chunk([{ index: 0, delta: index === 0 ? { role: 'assistant', content } : { content }, finish_reason: null }])
  const finish = chunk([{ index: 0, delta: {}, finish_reason: shape.finishReason ?? 'stop' }])
  const usage = shape.usage === undefined ? [] : [chunk([], { usage: shape.usage })]
  return streamed(shape, contents.map(delta), [finish, ...usage, DONE])
}

/** A legacy completion that says ` Hello, world`. */
export function completion(body: Body = {}, wire: Wire = {}): Answer {
  return answer(wire, {
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1795478400,
    model: 'gpt-3.5-turbo-instruct',
    choices: [{ index: 0, text: ' Hello, world', logprobs: null, finish_reason: 'stop' }],
    usage: COMPLETION_USAGE,
    ...body,
  })
}

/** A streamed legacy completion: one chunk for each of `texts`. */
export function completionStream(texts: readonly string[], shape: StreamShape = {}): Answer {
  const chunk = (choices: readonly unknown[], rest: Body = {}): string =>
    sse({
      id: 'cmpl-1',
      object: 'text_completion',
      created: 1795478400,
      model: 'gpt-3.5-turbo-instruct',
      choices,
      ...shape.chunk,
      ...rest,
    })
  const pieces = texts.map((text) => chunk([{ index: 0, text, logprobs: null, finish_reason: null }]))
  const finish = chunk([{ index: 0, text: '', logprobs: null, finish_reason: shape.finishReason ?? 'stop' }])
  const usage = shape.usage === undefined ? [] : [chunk([], { usage: shape.usage })]
  return streamed(shape, pieces, [finish, ...usage, DONE])
}

/** A Responses answer that says `Hello, world`. */
export function response(body: Body = {}, wire: Wire = {}): Answer {
  return answer(wire, { ...responseBody('completed', [outputMessage('Hello, world')], RESPONSE_USAGE), ...body })
}

/** A streamed Responses answer with one text delta for each of `deltas`; its usage is in `response.completed`, as always. */
export function responseStream(deltas: readonly string[], shape: StreamShape = {}): Answer {
  const text = deltas.join('')
  let sequence = 0
  const event = (type: string, fields: Body): string => sse({ type, sequence_number: sequence++, ...fields }, type)
  const at = { output_index: 0, item_id: 'msg_1', content_index: 0 }
  const begun = responseBody('in_progress', [], null)
  const pieces = [
    event('response.created', { response: begun }),
    event('response.in_progress', { response: begun }),
    event('response.output_item.added', {
      output_index: 0,
      item: { ...outputMessage(''), status: 'in_progress', content: [] },
    }),
    event('response.content_part.added', { ...at, part: outputText('') }),
    ...deltas.map((delta) => event('response.output_text.delta', { ...at, delta, logprobs: [] })),
  ]
  return streamed(shape, pieces, [
    event('response.output_text.done', { ...at, text, logprobs: [] }),
    event('response.content_part.done', { ...at, part: outputText(text) }),
    event('response.output_item.done', { output_index: 0, item: outputMessage(text) }),
    event('response.completed', {
      response: { ...responseBody('completed', [outputMessage(text)], shape.usage ?? RESPONSE_USAGE), ...shape.chunk },
    }),
  ])
}

/** Body of a Responses object. */
export function responseBody(status: string, output: readonly unknown[], usage: unknown): Record<string, unknown> {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1795478400,
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    model: 'gpt-4o-mini-2024-07-18',
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    service_tier: 'default',
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage,
    metadata: {},
  }
}

function outputMessage(text: string): Record<string, unknown> {
  return { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content: [outputText(text)] }
}

function outputText(text: string): Record<string, unknown> {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

/** Embeddings, in base64 as the client asks for unless told otherwise. Give `vectors` as arrays to send floats. */
export function embedding(
  vectors: readonly (string | readonly number[])[] = [BASE64_VECTOR],
  body: Body = {},
  wire: Wire = {},
): Answer {
  return answer(wire, {
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: vector })),
    model: 'text-embedding-3-small',
    usage: EMBEDDING_USAGE,
    ...body,
  })
}

/** `[0.25, -0.5, 0.75]` as the API sends it in base64: little-endian float32. */
export const BASE64_VECTOR: string = Buffer.from(new Float32Array([0.25, -0.5, 0.75]).buffer).toString('base64')

/** An error as the API words it. */
export function wireError(status: number, error: Body = {}, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    headers,
    json: {
      error: { message: `Refused with ${status}`, type: 'invalid_request_error', param: null, code: null, ...error },
    },
  }
}

/** A 429 of throttling that the client retries after one millisecond. */
export function rateLimited(error: Body = {}, headers: Answer['headers'] = {}): Answer {
  return wireError(
    429,
    { message: 'Rate limit reached for requests', type: 'requests', code: 'rate_limit_exceeded', ...error },
    { ...RATE_LIMIT_HEADERS, 'x-ratelimit-remaining-requests': '0', 'retry-after-ms': '1', ...headers },
  )
}

/** Any JSON, with the headers of a model's answer. */
export function jsonAnswer(json: unknown, wire: Wire = {}): Answer {
  return answer(wire, json)
}

function answer(wire: Wire, json: unknown): Answer {
  return { json, ...wire, headers: { ...RATE_LIMIT_HEADERS, ...wire.headers } }
}

function streamed(shape: StreamShape, content: readonly string[], usualEnding: readonly string[]): Answer {
  const { status, headers, after } = shape
  return {
    ...(status === undefined ? {} : { status }),
    ...(after === undefined ? {} : { after }),
    headers: { ...RATE_LIMIT_HEADERS, ...headers },
    pieces: [...content, ...(shape.ending ?? (after === undefined ? usualEnding : []))],
  }
}
