/* oxlint-disable no-underscore-dangle -- these are the client's own names */
import {
  chatChoice,
  chatCompletion,
  chatStream,
  CHAT_USAGE,
  completion,
  completionStream,
  COMPLETION_USAGE,
  embedding,
  response,
  responseStream,
} from '../../support/wire-answers.ts'
import { CHAT, CHAT_STREAM, EMBEDDING, RESPONSE, RESPONSE_STREAM } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

const COMPLETION = { model: 'gpt-3.5-turbo-instruct', prompt: 'Hi' }

/** Ordinary calls that are answered well. */
export const goodCalls: readonly Scenario[] = [
  {
    name: 'a chat completion',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const answer = await client.chat.completions.create(CHAT)
      print('answer', answer)
      print('request id', answer._request_id)
      print('choice', answer.choices[0])
    },
  },
  {
    name: 'a chat completion with two choices, tool calls and a refusal',
    script: chatCompletion({
      choices: [
        chatChoice(
          { tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }] },
          'tool_calls',
        ),
        chatChoice({ refusal: 'No.' }, 'content_filter', 1),
      ],
    }),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => print('answer', await client.chat.completions.create({ ...CHAT, n: 2 })),
  },
  {
    name: 'two chat completions at once',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342', 'chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const one = client.chat.completions.create(CHAT)
      const two = client.chat.completions.create(CHAT)
      const answers = await Promise.all([one, two])
      print(
        'ids',
        answers.map(({ id }) => id),
      )
      print('not the same object', answers[0] !== answers[1])
    },
  },
  {
    name: 'parameters are left as they were, frozen or not',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342', 'chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const params = structuredClone(CHAT)
      const options = { headers: { 'x-app': '1' } }
      await client.chat.completions.create(params, options)
      print('params', params)
      print('options', options)
      const frozen = Object.freeze({ ...CHAT, messages: Object.freeze([...CHAT.messages]) as typeof CHAT.messages })
      print('answer', (await client.chat.completions.create(frozen, Object.freeze({ headers: Object.freeze({}) }))).id)
    },
  },
  {
    name: 'a chat stream',
    script: chatStream(['Hel', 'lo, ', 'world']),
    calls: ['chat_completion success 200 -'],
    run: async ({ client, print }) => {
      for await (const chunk of await client.chat.completions.create(CHAT_STREAM)) print('chunk', chunk)
    },
  },
  {
    name: 'a chat stream with usage',
    script: chatStream(['Hel', 'lo'], { usage: CHAT_USAGE }),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const stream = await client.chat.completions.create({ ...CHAT_STREAM, stream_options: { include_usage: true } })
      for await (const chunk of stream) print('chunk', chunk)
    },
  },
  {
    name: 'a Responses call',
    script: response(),
    calls: ['response success 200 328/87'],
    run: async ({ client, print }) => {
      const answer = await client.responses.create(RESPONSE)
      print('answer', answer)
      print('text', answer.output_text)
      print('request id', answer._request_id)
    },
  },
  {
    name: 'a Responses stream',
    script: responseStream(['Hel', 'lo']),
    calls: ['response success 200 328/87'],
    run: async ({ client, print }) => {
      for await (const event of await client.responses.create(RESPONSE_STREAM)) print('event', event)
    },
  },
  {
    name: 'a legacy completion',
    script: completion(),
    calls: ['completion success 200 5/7'],
    run: async ({ client, print }) => print('answer', await client.completions.create(COMPLETION)),
  },
  {
    name: 'a legacy completion stream',
    script: completionStream([' Hel', 'lo'], { usage: COMPLETION_USAGE }),
    calls: ['completion success 200 5/7'],
    run: async ({ client, print }) => {
      for await (const chunk of await client.completions.create({ ...COMPLETION, stream: true })) print('chunk', chunk)
    },
  },
  {
    name: 'an embedding, base64 on the wire',
    script: embedding(),
    calls: ['embedding success 200 8/0'],
    run: async ({ client, print }) => {
      const promise = client.embeddings.create(EMBEDDING)
      print('answer', await promise)
      print('same vector object again', (await promise).data[0]?.embedding === (await promise).data[0]?.embedding)
    },
  },
  {
    name: 'embeddings whose encoding the application chose',
    script: [embedding([[0.25, -0.5]]), embedding()],
    calls: ['embedding success 200 8/0', 'embedding success 200 8/0'],
    run: async ({ client, print }) => {
      print('floats', await client.embeddings.create({ ...EMBEDDING, encoding_format: 'float', dimensions: 2 }))
      print('base64', await client.embeddings.create({ ...EMBEDDING, encoding_format: 'base64' }))
    },
  },
]
