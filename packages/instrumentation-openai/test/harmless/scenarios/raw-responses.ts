import { chatCompletion, chatStream, embedding, response, responseStream } from '../../support/wire-answers.ts'
import { CHAT, CHAT_STREAM, EMBEDDING, RESPONSE, RESPONSE_STREAM } from '../scenario.ts'
import type { App, Scenario } from '../scenario.ts'
import { showHeaders } from '../show.ts'

function printResponse({ print }: App, { status, headers, ...rest }: Response): void {
  print('response', [status, showHeaders(headers), Object.keys(rest)])
}

/** Ways to the raw response, and what is left of it. */
export const rawResponses: readonly Scenario[] = [
  {
    name: 'withResponse of a chat completion',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => {
      const promise = app.client.chat.completions.create(CHAT)
      const { data, response: raw, ...rest } = await promise.withResponse()
      printResponse(app, raw)
      app.print('data', data)
      app.print('rest', rest)
      app.print('same', data === (await promise))
      app.print('body used', raw.bodyUsed)
    },
  },
  {
    name: 'withResponse of a chat stream',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const { data, response: raw } = await app.client.chat.completions.create(CHAT_STREAM).withResponse()
      printResponse(app, raw)
      app.print('is a Stream', data instanceof app.Stream)
      for await (const chunk of data) app.print('chunk', chunk)
    },
  },
  {
    name: 'withResponse of a Responses call, a Responses stream and an embedding',
    script: [response(), responseStream(['Hi']), embedding()],
    calls: ['response success 200 328/87', 'response success 200 328/87', 'embedding success 200 8/0'],
    run: async (app) => {
      const whole = await app.client.responses.create(RESPONSE).withResponse()
      app.print('text', whole.data.output_text)
      printResponse(app, whole.response)
      const streamed = await app.client.responses.create(RESPONSE_STREAM).withResponse()
      for await (const event of streamed.data) app.print('event', event.type)
      printResponse(app, streamed.response)
      const vectors = await app.client.embeddings.create(EMBEDDING).withResponse()
      app.print('vector', vectors.data.data[0]?.embedding)
    },
  },
  {
    name: 'asResponse, read as JSON',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => {
      const raw = await app.client.chat.completions.create(CHAT).asResponse()
      printResponse(app, raw)
      app.print('class', raw.constructor.name)
      app.print('used before', raw.bodyUsed)
      app.print('json', await raw.json())
      app.print('used after', raw.bodyUsed)
      await app.attempt('twice', () => raw.text())
    },
  },
  {
    name: 'asResponse, read as text',
    script: response(),
    calls: ['response success 200 328/87'],
    run: async (app) => {
      const raw = await app.client.responses.create(RESPONSE).asResponse()
      app.print('text', await raw.text())
    },
  },
  {
    name: 'asResponse of a stream, read by a reader',
    since: 5,
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const raw = await app.client.chat.completions.create(CHAT_STREAM).asResponse()
      const reader = raw.body?.getReader()
      const chunks: Uint8Array[] = []
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) chunks.push(read.value)
      app.print('text', Buffer.concat(chunks).toString())
      app.print('locked', raw.body?.locked)
      app.print('reader', [reader?.constructor.name, await reader?.closed])
    },
  },
  {
    name: 'asResponse of a stream, iterated',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const raw = await app.client.chat.completions.create(CHAT_STREAM).asResponse()
      app.print(
        'body keys',
        Object.keys(raw.body ?? {}).filter((key) => !key.startsWith('_')),
      )
      const chunks: Uint8Array[] = []
      for await (const chunk of raw.body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk)
      app.print('text', Buffer.concat(chunks).toString())
    },
  },
  {
    name: 'asResponse, cloned and teed',
    since: 5,
    script: chatCompletion(),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const raw = await app.client.chat.completions.create(CHAT).asResponse()
      app.print('clone', await raw.clone().json())
      const [one, two] = raw.body?.tee() ?? []
      app.print('one', await new Response(one ?? null).text())
      app.print('two', await new Response(two ?? null).text())
    },
  },
  {
    name: 'asResponse and nobody reads it',
    script: chatCompletion(),
    calls: ['chat_completion abandoned 200 -'],
    run: async (app) => {
      const raw = await app.client.chat.completions.create(CHAT).asResponse()
      app.print('used', raw.bodyUsed)
    },
  },
  {
    name: 'asResponse first, then the parsed answer',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => {
      const promise = app.client.chat.completions.create(CHAT)
      const raw = await promise.asResponse()
      app.print('used', raw.bodyUsed)
      app.print('answer', await promise)
      app.print('used now', raw.bodyUsed)
      app.print('same response', raw === (await promise.asResponse()))
    },
  },
]
