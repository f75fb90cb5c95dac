import type OpenAI from 'openai'

/** One kind of call, answered from memory so that only the client and what watches it take time. */
export interface Scenario {
  readonly name: string
  /** What `fetch` answers with. */
  respond(): Response
  call(client: OpenAI): Promise<void>
  /** Measurements a call leads to, for the floor: how many metric records beside the one span. */
  readonly metricRecords: number
}

const CHUNKS = 100
const USAGE = {
  prompt_tokens: 1200,
  completion_tokens: 100,
  total_tokens: 1300,
  prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 32 },
}

const json = (body: unknown): (() => Response) => {
  const text = JSON.stringify(body)
  return () => new Response(text, { headers: { 'content-type': 'application/json', 'x-request-id': 'req_bench' } })
}

function streamOfChunks(): () => Response {
  const encoder = new TextEncoder()
  const event = (data: unknown): Uint8Array => encoder.encode(`data: ${JSON.stringify(data)}\n\n`)
  const common = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini-2024-07-18' }
  const events = Array.from({ length: CHUNKS - 1 }, (_, index) =>
    event({
      ...common,
      choices: [{ index: 0, delta: { content: `word${index} ` }, finish_reason: index === CHUNKS - 2 ? 'stop' : null }],
    }),
  )
  events.push(event({ ...common, choices: [], usage: USAGE }), encoder.encode('data: [DONE]\n\n'))
  return () => {
    let index = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = events[index++]
        if (next) controller.enqueue(next)
        else controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
}

const messages = [{ role: 'user' as const, content: 'Where is my order?' }]

/** Cost, tokens, requests and durations: the `ai_*` and `gen_ai_*` measurements one chat call makes. */
const CHAT_RECORDS = 15

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'chat',
    respond: json({
      id: 'chatcmpl-bench',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-4o-mini-2024-07-18',
      choices: [{ index: 0, message: { role: 'assistant', content: 'On its way.' }, finish_reason: 'stop' }],
      usage: USAGE,
    }),
    async call(client) {
      await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
    },
    metricRecords: CHAT_RECORDS,
  },
  {
    name: `stream of ${CHUNKS} chunks`,
    respond: streamOfChunks(),
    async call(client) {
      const stream = await client.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true })
      let length = 0
      for await (const chunk of stream) length += chunk.choices.length
      if (length !== CHUNKS - 1) throw new Error(`The stream gave ${length} choices instead of ${CHUNKS - 1}.`)
    },
    metricRecords: CHAT_RECORDS + CHUNKS,
  },
  {
    name: 'embedding of 1000 floats',
    respond: json({
      object: 'list',
      model: 'text-embedding-3-small',
      data: [{ object: 'embedding', index: 0, embedding: Array.from({ length: 1000 }, (_, index) => index / 1000) }],
      usage: { prompt_tokens: 8, total_tokens: 8 },
    }),
    async call(client) {
      await client.embeddings.create({ model: 'text-embedding-3-small', input: 'order', encoding_format: 'float' })
    },
    metricRecords: 10,
  },
]
