import { chatCompletion, chatStream, jsonAnswer, rateLimited, response, wireError } from '../../support/wire-answers.ts'
import { CHAT, CHAT_STREAM, RESPONSE } from '../scenario.ts'
import type { App, Scenario } from '../scenario.ts'
import { connectAzure } from './connect-azure.ts'

/** A page of a list, with one item. */
function page(id: string, more: boolean): object {
  return { json: { object: 'list', data: [{ id, object: 'batch' }], first_id: id, last_id: id, has_more: more } }
}

/** Names, lengths and flags of an object's members. */
function look(value: object): unknown {
  return Object.entries(Object.getOwnPropertyDescriptors(value)).map(([key, { value: member, ...rest }]) => [
    key,
    typeof member === 'function' ? [(member as () => void).name, (member as () => void).length] : typeof member,
    Object.entries(rest).map(([flag, set]) => `${flag} ${typeof set === 'function' ? 'function' : String(set)}`),
  ])
}

/** Clients other than the plain one, and other ways to ask. */
export const clients: readonly Scenario[] = [
  {
    name: 'the classes and the client look as they do',
    script: [],
    calls: [],
    run: async ({ client, OpenAI, Stream, APIPromise, print }) => {
      print('client', Object.keys(client))
      for (const type of [OpenAI, Object.getPrototypeOf(OpenAI) as typeof OpenAI, Stream, APIPromise]) {
        print(`${type.name} statics`, look(type))
        print(`${type.name} prototype`, look((type.prototype as object) ?? {}))
      }
      print('resource', look(Object.getPrototypeOf(client.chat.completions) as object))
    },
  },
  {
    name: 'client.post with a path',
    script: [chatCompletion(), chatStream(['Hi']), { json: { custom: true } }],
    calls: ['chat_completion success 200 1117/342', 'chat_completion success 200 -'],
    run: async ({ client, print }) => {
      print('answer', await client.post('/chat/completions', { body: CHAT }))
      const stream = (await client.post('/chat/completions', {
        body: CHAT_STREAM,
        stream: true,
      })) as AsyncIterable<unknown>
      for await (const chunk of stream) print('chunk', chunk)
      print('custom', await client.post('/custom', { body: { mine: true } }))
    },
  },
  {
    name: 'a clone by withOptions',
    since: 5,
    script: [rateLimited(), chatCompletion()],
    calls: ['chat_completion rate_limit 429 -', 'chat_completion success 200 1117/342'],
    run: async ({ client, attempt, print, OpenAI }) => {
      const clone = client.withOptions({ maxRetries: 0 })
      print('class', [clone instanceof OpenAI, clone.constructor === OpenAI])
      await attempt('clone', () => clone.chat.completions.create(CHAT))
      await attempt('original', () => client.chat.completions.create(CHAT))
    },
  },
  {
    name: 'a subclass with methods of its own',
    script: [chatCompletion(), wireError(400)],
    calls: ['chat_completion success 200 1117/342', 'chat_completion error 400 -'],
    run: async (app) => {
      class Mine extends app.OpenAI {
        protected override async prepareOptions(options: Parameters<App['client']['request']>[0]): Promise<void> {
          app.print('prepare', Object.keys(options))
        }
        protected override makeStatusError(
          ...all: Parameters<InstanceType<App['OpenAI']>['makeStatusError' & keyof App['client']]>
        ): never {
          throw new RangeError(`mine: ${String(all[0])}`)
        }
      }
      const client = new Mine({ apiKey: 'sk-test', baseURL: app.url })
      app.print('class', client.constructor.name)
      await app.attempt('good', () => client.chat.completions.create(CHAT))
      await app.attempt('bad', () => client.chat.completions.create(CHAT))
    },
  },
  {
    name: 'a client whose request methods were replaced on the object',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const open = client as unknown as Record<string, (...all: unknown[]) => unknown>
      const original = open['fetchWithTimeout']
      open['fetchWithTimeout'] = function (this: unknown, ...all: unknown[]) {
        print('fetching with', all.length)
        return original?.apply(this, all)
      }
      print('answer', await client.chat.completions.create(CHAT))
    },
  },
  {
    name: 'Azure',
    script: [
      chatCompletion(),
      rateLimited(),
      chatStream(['Hi']),
      response(),
      wireError(404, { code: 'DeploymentNotFound' }),
    ],
    calls: [
      'chat_completion success 200 1117/342',
      'chat_completion success 429,200 -',
      'response success 200 328/87',
      'chat_completion error 404 -',
    ],
    run: async (app) => {
      const client = connectAzure(app, app.openai.AzureOpenAI)
      app.print('class', client.constructor.name)
      app.print('answer', await client.chat.completions.create({ ...CHAT, model: 'my-deployment' }))
      for await (const chunk of await client.chat.completions.create(CHAT_STREAM)) app.print('chunk', chunk)
      app.print('response', await client.responses.create(RESPONSE))
      await app.attempt('not there', () => client.chat.completions.create(CHAT))
    },
  },
  {
    name: 'Azure from a module of its own, with a token provider',
    since: 5,
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => {
      const { AzureOpenAI } = (await app.load('azure')) as Pick<App['openai'], 'AzureOpenAI'>
      app.print('the same class', AzureOpenAI === app.openai.AzureOpenAI)
      const client = new AzureOpenAI({
        azureADTokenProvider: async () => 'token',
        apiVersion: '2024-10-21',
        deployment: 'mine',
        endpoint: app.url.replace('/v1', ''),
      })
      app.print('answer', await client.chat.completions.create(CHAT))
    },
  },
  {
    name: 'Azure: forms, bytes and paths by hand, bound to a deployment',
    script: [
      jsonAnswer({ text: 'Hello' }),
      { body: Buffer.from([1, 2, 255]), headers: { 'content-type': 'audio/mpeg' } },
      jsonAnswer({ created: 1795478400, data: [{ b64_json: 'aGk=' }] }),
      chatCompletion(),
      response({ model: 'mine' }),
    ],
    calls: [
      'transcription success 200 -',
      'speech success 200 -',
      'image success 200 -',
      'chat_completion success 200 1117/342',
      'response success 200 328/87',
    ],
    run: async (app) => {
      const client = connectAzure(app, app.openai.AzureOpenAI, 'mine')
      const file = await app.openai.toFile(Buffer.from('RIFF'), 'speech.wav')
      app.print('text', await client.audio.transcriptions.create({ model: 'whisper-1', file }))
      const spoken = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hi' })
      app.print('bytes', [...new Uint8Array(await spoken.arrayBuffer())])
      app.print('image', await client.images.generate({ model: 'dall-e-3', prompt: 'a cat' }))
      app.print('by hand', await client.post('/deployments/other/chat/completions', { body: CHAT }))
      app.print('response', await client.responses.create({ ...RESPONSE, model: 'mine' }))
    },
  },
  {
    name: 'Bedrock, by its class and by its provider',
    since: 6,
    script: [response(), rateLimited(), response(), wireError(403)],
    calls: ['response success 200 328/87', 'response success 429,200 328/87', 'response error 403 -'],
    run: async (app) => {
      const { BedrockOpenAI } = (await app.load('bedrock')) as { BedrockOpenAI: new (options: object) => App['client'] }
      const { bedrock } = (await app.load('providers/bedrock')) as { bedrock: (options: object) => never }
      const byClass = new BedrockOpenAI({ apiKey: 'token', baseURL: app.url })
      app.print('class', byClass.constructor.name)
      app.print('answer', await byClass.responses.create(RESPONSE))
      const provider = bedrock({ apiKey: 'token', baseURL: app.url, region: 'us-east-1' })
      const byProvider = new app.OpenAI({ provider })
      app.print('answer', await byProvider.responses.create(RESPONSE))
      await app.attempt('refused', () => byProvider.responses.create(RESPONSE))
    },
  },
  {
    name: 'Vertex, by its provider',
    since: 7,
    script: [rateLimited(), response()],
    calls: ['response success 429,200 328/87'],
    run: async (app) => {
      const { vertex } = (await app.load('providers/vertex')) as { vertex: (options: object) => never }
      const tokens = ['first', 'second']
      const provider = vertex({ baseURL: app.url, tokenProvider: () => tokens.shift() })
      app.print('answer', await new app.OpenAI({ provider }).responses.create(RESPONSE))
      app.print('tokens left', tokens)
    },
  },
  {
    name: 'lists, page by page',
    script: [
      page('batch_1', true),
      page('batch_2', true),
      page('batch_3', false),
      page('batch_1', true),
      page('batch_2', false),
    ],
    calls: [],
    run: async ({ client, print }) => {
      for await (const batch of client.batches.list({ limit: 1 })) print('batch', batch.id)
      const promise = client.batches.list({ limit: 1 })
      print('class', promise.constructor.name)
      const first = await promise
      print('page', [first.constructor.name, first.data, first.hasNextPage()])
      print('next', (await first.getNextPage()).data)
    },
  },
  {
    name: 'models: list, and retrieve',
    script: [
      { json: { object: 'list', data: [{ id: 'gpt-4o-mini', object: 'model' }] } },
      { json: { object: 'list', data: [{ id: 'gpt-4o-mini', object: 'model' }] } },
      { json: { id: 'gpt-4o-mini', object: 'model' } },
      wireError(404),
    ],
    calls: [],
    run: async ({ client, print, attempt }) => {
      for await (const model of client.models.list()) print('model', model)
      print('with response', (await client.models.list().withResponse()).data.data)
      print('one', await client.models.retrieve('gpt-4o-mini'))
      await attempt('none', () => client.models.retrieve('gpt-0'))
    },
  },
  {
    name: 'the client writes the same log',
    since: 5,
    script: [rateLimited(), chatCompletion(), wireError(400)],
    calls: ['chat_completion success 429,200 1117/342', 'chat_completion error 400 -'],
    run: async ({ connect, print, attempt }) => {
      const write =
        (level: string) =>
        (message: string): void =>
          print(level, message.replaceAll(/log_\w+|\d+ ?ms|\d\.\d+ seconds/g, '#'))
      const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
      const client = connect({ logger, logLevel: 'debug' })
      await client.chat.completions.create(CHAT)
      await attempt('bad', () => client.chat.completions.create(CHAT))
    },
  },
  {
    name: 'headers and queries of the application',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ connect, print }) => {
      const client = connect({
        defaultHeaders: { 'x-one': '1', 'user-agent': 'mine' },
        defaultQuery: { a: 'b' },
        organization: 'org',
      })
      const options = { headers: { 'x-two': '2', 'x-one': null }, query: { c: 'd' }, idempotencyKey: 'key' }
      print('answer', (await client.chat.completions.create(CHAT, options)).id)
    },
  },
]
