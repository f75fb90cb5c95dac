import { jsonAnswer, responseBody, sse, wireError } from '../../support/wire-answers.ts'
import type { Scenario } from '../scenario.ts'

const IMAGE = jsonAnswer({
  created: 1795478400,
  data: [{ b64_json: 'aGk=' }],
  usage: { input_tokens: 10, output_tokens: 20, total_tokens: 30 },
})
const BYTES = { body: Buffer.from([1, 2, 3, 255]), headers: { 'content-type': 'audio/mpeg' } }

const ENDED_BATCH = jsonAnswer({
  id: 'batch_1',
  object: 'batch',
  status: 'completed',
  endpoint: '/v1/chat/completions',
  output_file_id: 'file-out',
})
const OUTPUT_LINE = {
  custom_id: 'a',
  response: { status_code: 200, body: { model: 'gpt-4o', usage: { prompt_tokens: 3, completion_tokens: 4 } } },
}
const OUTPUT = {
  body: `${JSON.stringify(OUTPUT_LINE)}\n`,
  headers: { 'content-type': 'application/octet-stream' },
}

/** Calls of endpoints other than chat, Responses, completions and embeddings. */
export const otherEndpoints: readonly Scenario[] = [
  {
    name: 'an image',
    script: IMAGE,
    calls: ['image success 200 10/20'],
    run: async ({ client, print }) =>
      print('answer', await client.images.generate({ model: 'gpt-image-1', prompt: 'a cat' })),
  },
  {
    name: 'an image that is refused',
    script: wireError(400, { code: 'moderation_blocked' }),
    calls: ['image error 400 -'],
    run: ({ client, attempt }) =>
      attempt('answer', () => client.images.generate({ model: 'gpt-image-1', prompt: 'a cat' })),
  },
  {
    name: 'a streamed image',
    since: 5,
    script: {
      pieces: [
        sse({ type: 'image_generation.partial_image', b64_json: 'aA==' }),
        sse({ type: 'image_generation.completed', b64_json: 'aGk=', usage: { input_tokens: 10, output_tokens: 20 } }),
      ],
    },
    calls: ['image success 200 10/20'],
    run: async ({ client, readAll }) =>
      readAll(await client.images.generate({ model: 'gpt-image-1', prompt: 'a cat', stream: true })),
  },
  {
    name: 'speech, read as bytes',
    script: BYTES,
    calls: ['speech success 200 -'],
    run: async ({ client, print }) => {
      const spoken = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hi' })
      print('is used', spoken.bodyUsed)
      print('bytes', [...new Uint8Array(await spoken.arrayBuffer())])
      print('is used', spoken.bodyUsed)
    },
  },
  {
    name: 'speech that is refused',
    script: wireError(400, { code: 'invalid_voice' }),
    calls: ['speech error 400 -'],
    run: ({ client, attempt }) =>
      attempt('answer', () => client.audio.speech.create({ model: 'tts-1', voice: 'nobody', input: 'Hi' })),
  },
  {
    name: 'a transcription as plain text',
    script: { body: 'Hello', headers: { 'content-type': 'text/plain' } },
    calls: ['transcription success 200 -'],
    run: async ({ client, openai, print }) => {
      const file = await openai.toFile(Buffer.from('RIFF'), 'speech.wav')
      print('text', await client.audio.transcriptions.create({ model: 'whisper-1', file, response_format: 'text' }))
    },
  },
  {
    name: 'a moderation',
    script: jsonAnswer({ id: 'modr-1', model: 'omni-moderation-latest', results: [{ flagged: false }] }),
    calls: ['moderation success 200 -'],
    run: async ({ client, print }) => print('answer', await client.moderations.create({ input: 'Hi' })),
  },
  {
    name: 'a response that is fetched',
    script: jsonAnswer({
      ...responseBody('completed', [], { input_tokens: 1, output_tokens: 2 }),
      instructions: 'Be brief.',
      tools: [{ type: 'function', name: 'look_up' }],
    }),
    calls: ['response_retrieval success 200 -'],
    run: async ({ client, print }) => print('answer', await client.responses.retrieve('resp_1')),
  },
  {
    name: 'the output file of a batch, read in several ways',
    script: [ENDED_BATCH, OUTPUT, OUTPUT, OUTPUT, wireError(404, { code: 'not_found' })],
    calls: [
      'batch_retrieval success 200 -',
      'batch_retrieval success 200 3/4',
      'batch_retrieval success 200 -',
      'batch_retrieval success 200 -',
      'batch_retrieval error 404 -',
    ],
    run: async ({ client, print, attempt }) => {
      print('batch', await client.batches.retrieve('batch_1'))
      const file = await client.files.content('file-out')
      print('is used', file.bodyUsed)
      print('text', await file.text())
      print('is used', file.bodyUsed)
      print('bytes', [...new Uint8Array(await (await client.files.content('file-out')).arrayBuffer())].length)
      print('json', await (await client.files.content('file-out')).json())
      await attempt('content', () => client.files.content('file-out'))
    },
  },
  {
    name: 'a batch that is fetched at its end',
    script: jsonAnswer({ id: 'batch_h', status: 'completed', usage: { input_tokens: 3, output_tokens: 4 } }),
    calls: ['batch_retrieval success 200 3/4'],
    run: async ({ client, print }) => print('answer', await client.batches.retrieve('batch_h')),
  },
  {
    name: 'a search of a vector store, as a page',
    script: jsonAnswer({ object: 'list', data: [{ file_id: 'file-1', score: 0.5 }], has_more: false }),
    calls: ['search success 200 -'],
    run: async ({ client, print }) => {
      const page = await client.vectorStores.search('vs_1', { query: 'cats' })
      print('data', page.data)
      print('has a next page', page.hasNextPage())
    },
  },
  {
    name: 'pages of a list nobody measures',
    script: [
      jsonAnswer({ object: 'list', data: [{ id: 'file-1' }], has_more: true }),
      jsonAnswer({ object: 'list', data: [{ id: 'file-2' }], has_more: false }),
    ],
    calls: [],
    run: async ({ client, readAll }) => readAll(client.files.list()),
  },
  {
    name: 'a file that is fetched, which nobody measures',
    script: BYTES,
    calls: [],
    run: async ({ client, print }) => {
      const content = await client.files.content('file-1')
      print('bytes', [...new Uint8Array(await content.arrayBuffer())])
    },
  },
]
