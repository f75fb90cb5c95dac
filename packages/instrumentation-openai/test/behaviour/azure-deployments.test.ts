import type { OpenAI } from 'openai'
import { createPriceBook } from '@tokenmeter/pricing'
import { describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { type CallFacts, watchCalls } from '../support/calls.ts'
import { diverted } from '../support/diverted.ts'
import { MAJORS } from '../support/majors.ts'
import { spans } from '../support/spans.ts'
import { readAll } from '../support/streams.ts'
import { chatCompletion, completion, embedding, jsonAnswer, response, responseStream } from '../support/wire-answers.ts'
import { type Answer, wireServer } from '../support/wire-server.ts'

const MODEL = 'mine'
const VERSION = '2024-10-21'

interface Endpoint {
  readonly name: string
  readonly path: string
  readonly answer: Answer
  /** Whether Azure's client puts the deployment into the path. */
  readonly inPath: boolean
  readonly ask: (client: OpenAI, file: () => Promise<File>) => Promise<unknown>
}

const IMAGE = jsonAnswer({ created: 1795478400, data: [{ b64_json: 'aGk=' }] })
const SPOKEN: Answer = { body: 'RIFF', headers: { 'content-type': 'audio/wav' } }

const ENDPOINTS: readonly Endpoint[] = [
  {
    name: 'chat',
    path: '/chat/completions',
    answer: chatCompletion(),
    inPath: true,
    ask: (client) => client.chat.completions.create({ ...CHAT, model: MODEL }),
  },
  {
    name: 'completions',
    path: '/completions',
    answer: completion(),
    inPath: true,
    ask: (client) => client.completions.create({ model: MODEL, prompt: 'Hi' }),
  },
  {
    name: 'embeddings',
    path: '/embeddings',
    answer: embedding(),
    inPath: true,
    ask: (client) => client.embeddings.create({ model: MODEL, input: 'Hi' }),
  },
  {
    name: 'images',
    path: '/images/generations',
    answer: IMAGE,
    inPath: true,
    ask: (client) => client.images.generate({ model: MODEL, prompt: 'a cat' }),
  },
  {
    name: 'speech',
    path: '/audio/speech',
    answer: SPOKEN,
    inPath: true,
    ask: (client) => client.audio.speech.create({ model: MODEL, voice: 'alloy', input: 'Hi' }),
  },
  {
    name: 'transcriptions',
    path: '/audio/transcriptions',
    answer: jsonAnswer({ text: 'Hi' }),
    inPath: true,
    ask: async (client, file) => client.audio.transcriptions.create({ model: MODEL, file: await file() }),
  },
  {
    name: 'translations',
    path: '/audio/translations',
    answer: jsonAnswer({ text: 'Hi' }),
    inPath: true,
    ask: async (client, file) => client.audio.translations.create({ model: MODEL, file: await file() }),
  },
  {
    name: 'responses',
    path: '/responses',
    answer: response(),
    inPath: false,
    ask: (client) => client.responses.create({ model: MODEL, input: 'Hi' }),
  },
]

const namesOf = ({ provider, request: { model, deployment, apiVersion } }: CallFacts): object => ({
  provider,
  model,
  deployment,
  apiVersion,
})

describe.each(MAJORS)('with openai $major, the deployment', ({ connect, connectAzure, openai }) => {
  const file = (): Promise<File> => openai.toFile(Buffer.from('RIFF'), 'speech.wav') as Promise<File>
  const named = { provider: 'azure.ai.openai', model: MODEL, deployment: MODEL, apiVersion: VERSION }

  test.each(ENDPOINTS)('that is asked for $name is the model in the body', async ({ path, answer, inPath, ask }) => {
    await using wire = await wireServer(answer)
    using watched = watchCalls()
    await ask(connectAzure(wire), file)
    expect(namesOf(await watched.only())).toEqual(named)
    expect(wire.requests[0]?.path).toBe(`/openai${inPath ? `/deployments/${MODEL}` : ''}${path}?api-version=${VERSION}`)
  })

  test.each(ENDPOINTS)('a client is bound to is asked for $name, where its path names one', async (endpoint) => {
    await using wire = await wireServer(endpoint.answer)
    using watched = watchCalls()
    await endpoint.ask(connectAzure(wire, { deployment: 'bound' }), file)
    const deployment = endpoint.inPath ? 'bound' : MODEL
    expect(namesOf(await watched.only())).toEqual({ ...named, deployment })
    expect(wire.requests[0]?.path.includes('/deployments/bound/')).toBe(endpoint.inPath)
  })

  test.each(ENDPOINTS)('at the undated v1 address of Azure is the model for $name', async ({ path, answer, ask }) => {
    await using wire = await wireServer(answer)
    using watched = watchCalls()
    await ask(connect({ url: 'https://mine.openai.azure.com/openai/v1/' }, diverted(wire)), file)
    expect(namesOf(await watched.only())).toEqual({ ...named, apiVersion: undefined })
    expect(wire.requests[0]?.path).toBe(`/openai/v1${path}`)
  })

  test('in the address of a plain client is that one', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const url = 'https://mine.openai.azure.com/openai/deployments/in%20the%20address'
    const client = connect({ url }, { ...diverted(wire), defaultQuery: { 'api-version': '2024-06-01' } })
    await client.chat.completions.create(CHAT)
    expect(namesOf(await watched.only())).toEqual({
      ...named,
      model: CHAT.model,
      deployment: 'in the address',
      apiVersion: '2024-06-01',
    })
  })

  test('behind the gateway of Cloudflare is in its address', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const url = 'https://gateway.ai.cloudflare.com/v1/account/gateway/azure-openai/resource/behind'
    await connect({ url }, diverted(wire)).chat.completions.create(CHAT)
    const names = { ...named, model: CHAT.model, deployment: 'behind', apiVersion: undefined }
    expect(namesOf(await watched.only())).toEqual(names)
  })

  test('in a path written by hand is that one, with its version', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const path = '/deployments/by-hand/chat/completions?api-version=2025-01-01'
    await connect({ url: 'https://mine.openai.azure.com/openai' }, diverted(wire)).post(path, { body: CHAT })
    const names = { ...named, model: CHAT.model, deployment: 'by-hand', apiVersion: '2025-01-01' }
    expect(namesOf(await watched.only())).toEqual(names)
  })

  test('behind a domain of its own is known by the class of the client', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const endpoint = 'https://llm.example.com'
    await connectAzure(wire, { endpoint, ...diverted(wire) }).chat.completions.create({ ...CHAT, model: MODEL })
    const call = await watched.only()
    expect([call.server, call.response?.model]).toEqual(['llm.example.com', 'gpt-4o-mini-2024-07-18'])
    expect(namesOf(call)).toEqual(named)
  })

  test('behind a domain of its own is known of a plain client whose host the operator has named', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls({ providers: { 'llm.example.com': 'azure.ai.openai' } })
    await connect({ url: 'https://llm.example.com/openai/v1' }, diverted(wire)).chat.completions.create(CHAT)
    const names = { ...named, model: CHAT.model, deployment: CHAT.model, apiVersion: undefined }
    expect(namesOf(await watched.only())).toEqual(names)
  })

  test('is no model because its provider is called something else', async () => {
    await using wire = await wireServer(chatCompletion({ model: undefined }))
    using watched = watchCalls({ providers: { '127.0.0.1': 'my-gateway' } })
    await connectAzure(wire).chat.completions.create(CHAT)
    const call = await watched.only()
    expect(namesOf(call)).toEqual({ ...named, provider: 'my-gateway', model: CHAT.model, deployment: CHAT.model })
    expect(call.unpriced).toBe('unknown_deployment')
  })

  test('is on the span beside the version and the model that served', async () => {
    await using wire = await wireServer(chatCompletion())
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    await connectAzure(wire).chat.completions.create({ ...CHAT, model: MODEL })
    await watched.facts(1)
    expect(ended()[0]?.attributes).toMatchObject({
      'gen_ai.provider.name': 'azure.ai.openai',
      'gen_ai.request.model': MODEL,
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'ai.deployment': MODEL,
      'ai.api_version': VERSION,
    })
  })

  test('is never looked up in the price book, whatever it is called', async () => {
    await using wire = await wireServer([
      chatCompletion({ model: undefined }),
      response({ model: 'gpt-4o' }),
      embedding(),
    ])
    const asked: string[] = []
    const { price } = createPriceBook({
      lists: [
        {
          find: ({ model }) => {
            asked.push(model)
            return { unpriced: 'unknown_model' }
          },
        },
      ],
    })
    using watched = watchCalls({ price })
    const client = connectAzure(wire)
    await client.chat.completions.create({ ...CHAT, model: 'gpt-4o' })
    await client.responses.create({ model: 'gpt-4o', input: 'Hi' })
    await client.embeddings.create({ model: 'text-embedding-3-large', input: 'Hi' })
    const calls = await watched.facts(3)
    expect(calls.map(({ unpriced }) => unpriced)).toEqual(['unknown_deployment', 'unknown_deployment', 'unknown_model'])
    // What the embedding was made by, as its answer says.
    expect(asked).toEqual(['text-embedding-3-small'])
  })

  test('has a price where the operator says what is behind it, also by the image and by the character', async () => {
    await using wire = await wireServer([IMAGE, SPOKEN, SPOKEN, response({ model: MODEL })])
    const deployments = { pictures: 'dall-e-3', voice: 'tts-1', [MODEL]: 'gpt-4o-mini' }
    const entry = { provider: 'azure', source: 'the contract', date: '2026-11-24' }
    const prices = {
      prices: [
        { ...entry, models: ['dall-e-3'], sizes: ['1024x1792'], rates: { output_images: '120000' } },
        { ...entry, models: ['tts-1'], rates: { input_characters: '15' } },
      ],
    }
    using watched = watchCalls({ prices, azure: { deployments } })
    const client = connectAzure(wire)
    await client.images.generate({ model: 'pictures', prompt: 'a cat', size: '1024x1792' })
    await client.audio.speech.create({ model: 'voice', voice: 'alloy', input: 'Hi 👋' })
    await client.audio.speech.create({ model: 'unknown', voice: 'alloy', input: 'Hi' })
    await client.responses.create({ model: MODEL, input: 'Hi' })
    const calls = await watched.facts(4)
    expect(calls.map(({ units, picoUsd, unpriced }) => [units, picoUsd, unpriced])).toEqual([
      [{ outputImages: 1, size: '1024x1792' }, 120_000_000_000n, undefined],
      [{ inputCharacters: 4 }, 60_000_000n, undefined],
      [{ inputCharacters: 2 }, undefined, 'unknown_deployment'],
      // 200 at 0.15 USD a million, 128 at 0.075, 87 at 0.6.
      [undefined, 91_800_000n, undefined],
    ])
  })

  test('that made a response is not looked up when the response is fetched, either', async () => {
    const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
    await using wire = await wireServer([
      response({ model: 'gpt-4o', background: true, usage }),
      response({ id: 'resp_2', model: 'gpt-4o', background: true, usage }),
    ])
    using watched = watchCalls()
    const client = connectAzure(wire, { deployment: 'bound' })
    await client.responses.retrieve('resp_1')
    await client.responses.retrieve('resp_2', {}, { query: { 'api-version': 'preview' } })
    const calls = await watched.facts(2)
    expect(
      calls.map(({ request, unpriced }) => [request.deployment, request.model, request.apiVersion, unpriced]),
    ).toEqual([
      [undefined, undefined, VERSION, 'unknown_deployment'],
      [undefined, undefined, 'preview', 'unknown_deployment'],
    ])
  })

  test('is not taken for the model when the Responses API answers with it', async () => {
    await using wire = await wireServer([
      response({ model: MODEL }),
      responseStream(['Hi'], { chunk: { model: MODEL } }),
      response({ model: 'gpt-4o-mini-2024-07-18' }),
    ])
    using watched = watchCalls()
    const client = connectAzure(wire)
    await client.responses.create({ model: MODEL, input: 'Hi' })
    await readAll(await client.responses.create({ model: MODEL, input: 'Hi', stream: true }))
    await client.responses.create({ model: MODEL, input: 'Hi' })
    const calls = await watched.facts(3)
    expect(calls.map((call) => [call.response?.model, call.unpriced])).toEqual([
      [undefined, 'unknown_deployment'],
      [undefined, 'unknown_deployment'],
      ['gpt-4o-mini-2024-07-18', undefined],
    ])
  })
})
