import {
  chatCompletion,
  chatStream,
  CHAT_USAGE,
  completion,
  embedding,
  jsonAnswer,
  response,
  responseBody,
  sse,
  wireError,
} from '../../support/wire-answers.ts'
import { CHAT, CHAT_STREAM, EMBEDDING, RESPONSE } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

const SAMPLING = { temperature: 0.2, top_p: 0.9, frequency_penalty: 0.1, presence_penalty: 0.3, stop: 'END', seed: 7 }
const JSON_FORMAT = { type: 'json_object' } as const

/** Usage with every subset and modality that a chat completion may tell. */
const DETAILED_USAGE = {
  prompt_tokens: 100,
  completion_tokens: 50,
  prompt_tokens_details: {
    cached_tokens: 40,
    cache_write_tokens: 10,
    text_tokens: 50,
    audio_tokens: 30,
    image_tokens: 20,
  },
  completion_tokens_details: { reasoning_tokens: 8, text_tokens: 20, audio_tokens: 20, image_tokens: 10 },
}

/** Calls that use what the usual ones do not: the other parameters of each endpoint, and answers that say more. */
export const parameters: readonly Scenario[] = [
  {
    name: 'a chat completion with every parameter, answered in detail',
    script: chatCompletion({ usage: DETAILED_USAGE, service_tier: 'flex' }),
    calls: ['chat_completion success 200 100/50'],
    run: async ({ client, print }) => {
      const more = { max_completion_tokens: 500, reasoning_effort: 'low', service_tier: 'flex', n: 2 } as const
      print(
        'answer',
        await client.chat.completions.create({ ...CHAT, ...SAMPLING, ...more, response_format: JSON_FORMAT }),
      )
    },
  },
  {
    name: 'a chat stream with every parameter',
    script: chatStream(['{', '}'], { usage: CHAT_USAGE }),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, readAll }) => {
      const asked = { stream_options: { include_usage: true }, max_tokens: 500, response_format: JSON_FORMAT }
      await readAll(await client.chat.completions.create({ ...CHAT_STREAM, ...SAMPLING, ...asked }))
    },
  },
  {
    name: 'a chat completion that is to be spoken',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const spoken = { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } }
      print('answer', await client.chat.completions.create({ ...CHAT, ...(spoken as object) }))
    },
  },
  {
    name: 'numbers that should be whole, and are not',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const odd = { max_tokens: 2.5, seed: 1.5, n: 0.5, stop: [] }
      print('answer', await client.chat.completions.create({ ...CHAT, ...odd }))
    },
  },
  {
    name: 'a Responses call with every parameter',
    script: response({ service_tier: 'priority' }),
    calls: ['response success 200 328/87'],
    run: async ({ client, print }) => {
      const more = { temperature: 0.2, top_p: 0.9, max_output_tokens: 500, service_tier: 'priority' } as const
      const answer = await client.responses.create({
        ...RESPONSE,
        ...more,
        reasoning: { effort: 'low' },
        text: { format: JSON_FORMAT },
        previous_response_id: 'resp_0',
        prompt: { id: 'pmpt_1', version: '3' },
      })
      print('answer', answer)
    },
  },
  {
    name: 'a Responses call within a conversation',
    script: response(),
    calls: ['response success 200 328/87'],
    run: async ({ client, print }) =>
      print('answer', await client.responses.create({ ...RESPONSE, conversation: 'conv_1' })),
  },
  {
    name: 'a Responses call with instructions, a picture and a tool',
    script: response(),
    calls: ['response success 200 328/87'],
    run: async ({ client, print }) => {
      const picture = { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'auto' } as const
      const input = [{ role: 'user' as const, content: [picture] }]
      const tools = [{ type: 'function' as const, name: 'look_up', parameters: {}, strict: false }]
      print('answer', await client.responses.create({ ...RESPONSE, input, tools, instructions: 'Be brief.' }))
    },
  },
  {
    name: 'a Responses call whose input was made shorter, and one whose answer is',
    script: [response(), response({ output: [{ id: 'cmp_1', type: 'compaction', encrypted_content: 'e' }] })],
    calls: ['response success 200 328/87', 'response success 200 328/87'],
    run: async ({ client, print }) => {
      const shortened = [{ type: 'compaction', encrypted_content: 'e' }] as const
      print('answer', await client.responses.create({ ...RESPONSE, input: [...shortened] }))
      print('answer', await client.responses.create(RESPONSE))
    },
  },
  {
    name: 'a legacy completion with every parameter',
    script: completion(),
    calls: ['completion success 200 5/7'],
    run: async ({ client, print }) => {
      const params = { model: 'gpt-3.5-turbo-instruct', prompt: 'Hi', max_tokens: 16, n: 2, ...SAMPLING }
      print('answer', await client.completions.create({ ...params, stop: ['END', 'STOP'] }))
    },
  },
  {
    name: 'embeddings as floats, of a length that is asked for',
    script: embedding([[0.25, -0.5]]),
    calls: ['embedding success 200 8/0'],
    run: async ({ client, print }) =>
      print('answer', await client.embeddings.create({ ...EMBEDDING, encoding_format: 'float', dimensions: 2 })),
  },
  {
    name: 'embeddings that are refused',
    script: wireError(400, { code: 'invalid_value' }),
    calls: ['embedding error 400 -'],
    run: ({ client, attempt }) => attempt('answer', () => client.embeddings.create(EMBEDDING)),
  },
  {
    name: 'an image out of another',
    since: 5,
    script: jsonAnswer({
      data: [{ b64_json: 'aGk=' }],
      usage: {
        input_tokens: 30,
        output_tokens: 20,
        input_tokens_details: { text_tokens: 10, image_tokens: 20 },
        output_tokens_details: { text_tokens: 0, image_tokens: 20 },
      },
    }),
    calls: ['image success 200 30/20'],
    run: async ({ client, openai, print }) => {
      const image = await openai.toFile(Buffer.from('PNG'), 'cat.png', { type: 'image/png' })
      print('answer', await client.images.edit({ model: 'gpt-image-1', image, prompt: 'a dog' }))
    },
  },
  {
    name: 'a moderation by a model that is named',
    script: jsonAnswer({ id: 'modr-1', model: 'omni-moderation-2024-09-26', results: [{ flagged: false }] }),
    calls: ['moderation success 200 -'],
    run: async ({ client, print }) =>
      print('answer', await client.moderations.create({ model: 'omni-moderation-latest', input: 'Hi' })),
  },
  {
    name: 'a search for at most five results, and one that is refused',
    script: [
      jsonAnswer({ object: 'list', data: [], has_more: false }),
      wireError(404, { code: 'vector_store_not_found' }),
    ],
    calls: ['search success 200 -', 'search error 404 -'],
    run: async ({ client, print, attempt }) => {
      print('data', (await client.vectorStores.search('vs_1', { query: 'cats', max_num_results: 5 })).data)
      await attempt('answer', () => client.vectorStores.search('vs_2', { query: 'cats' }))
    },
  },
  {
    name: 'a response that is not there',
    script: wireError(404, { code: 'not_found' }),
    calls: ['response_retrieval error 404 -'],
    run: ({ client, attempt }) => attempt('answer', () => client.responses.retrieve('resp_2')),
  },
  {
    name: 'a response that is streamed again from where it was left',
    since: 5,
    script: {
      pieces: [
        sse({
          type: 'response.completed',
          sequence_number: 8,
          response: responseBody('completed', [], { input_tokens: 1, output_tokens: 2 }),
        }),
      ],
    },
    calls: ['response_retrieval success 200 -'],
    run: async ({ client, readAll }) =>
      readAll(await client.responses.retrieve('resp_1', { stream: true, starting_after: 7 })),
  },
]
