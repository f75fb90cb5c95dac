/* oxlint-disable no-underscore-dangle -- these are the client's own names */
import {
  chatCompletion,
  chatStream,
  embedding,
  response,
  responseStream,
  wireError,
} from '../../support/wire-answers.ts'
import { CHAT, CHAT_STREAM, EMBEDDING, RESPONSE, RESPONSE_STREAM } from '../scenario.ts'
import type { App, Scenario } from '../scenario.ts'
import { showHeaders } from '../show.ts'

function printResponse({ print }: App, { status, headers, ...rest }: Response): void {
  print('response', [status, showHeaders(headers), Object.keys(rest)])
}

/** What an `APIPromise` promises: identity, laziness, and the ways to look behind it. */
export const promises: readonly Scenario[] = [
  {
    name: 'an APIPromise is one, and awaiting it again gives the same object',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print, APIPromise }) => {
      const promise = client.chat.completions.create(CHAT)
      print('is an APIPromise', promise instanceof APIPromise)
      print('class', promise.constructor === APIPromise)
      print('tag', Object.prototype.toString.call(promise))
      print('keys', Reflect.ownKeys(promise).map(String))
      const first = await promise
      print('same', first === (await promise))
      print('same by then', first === (await promise.then((answer) => answer)))
      print('same by Promise.resolve', first === (await Promise.resolve(promise)))
      print('same by race', first === (await Promise.race([promise, new Promise(() => {})])))
      print(
        'same by all',
        (await Promise.all([promise, promise])).every((answer) => answer === first),
      )
    },
  },
  {
    name: 'then, catch and finally run in their order',
    script: [chatCompletion(), wireError(400)],
    calls: ['chat_completion success 200 1117/342', 'chat_completion error 400 -'],
    run: async ({ client, print }) => {
      const good = client.chat.completions.create(CHAT)
      const order: string[] = []
      const seen = (what: string) => (): void => void order.push(what)
      await Promise.all([
        good.then(seen('then 1')),
        good.finally(seen('finally')),
        good.then(seen('then 2')),
        good.catch(seen('catch')),
      ])
      print('good', order.splice(0))
      const bad = client.chat.completions.create(CHAT)
      await Promise.allSettled([
        bad.then(seen('then')),
        bad.catch(seen('catch 1')),
        bad.finally(seen('finally')),
        bad.catch(seen('catch 2')),
      ])
      print('bad', order)
      const errors = await Promise.all([bad.catch((error: unknown) => error), bad.catch((error: unknown) => error)])
      print('the same error again', errors[0] === errors[1])
    },
  },
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
    calls: ['chat_completion success 200 -'],
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
    calls: ['response success 200 -'],
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
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const raw = await app.client.chat.completions.create(CHAT).asResponse()
      app.print('used', raw.bodyUsed)
    },
  },
  {
    name: 'asResponse first, then the parsed answer',
    script: chatCompletion(),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const promise = app.client.chat.completions.create(CHAT)
      const raw = await promise.asResponse()
      app.print('used', raw.bodyUsed)
      app.print('answer', await promise)
      app.print('used now', raw.bodyUsed)
      app.print('same response', raw === (await promise.asResponse()))
    },
  },
  {
    name: '_thenUnwrap gives another APIPromise of the same request',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print, attempt, APIPromise }) => {
      const promise = client.chat.completions.create(CHAT) as unknown as Unwrappable
      const unwrapped = promise._thenUnwrap((answer) => ({ seen: answer.id }))
      print('is an APIPromise', unwrapped instanceof APIPromise)
      print('value', await unwrapped)
      print('same again', (await unwrapped) === (await unwrapped))
      await attempt('with response', async () => (await unwrapped.withResponse()).data)
    },
  },
  {
    name: '_thenUnwrap whose function throws',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, attempt }) => {
      const promise = client.chat.completions.create(CHAT) as unknown as Unwrappable
      await attempt('value', () =>
        promise._thenUnwrap(() => {
          throw new RangeError('no good')
        }),
      )
    },
  },
  {
    name: 'a good call that nobody awaits',
    script: chatCompletion(),
    calls: ['chat_completion abandoned 200 -'],
    run: async ({ client, wire, print }) => {
      void client.chat.completions.create(CHAT)
      print('the server was asked', await wire('arrived/1'))
      print('and answered', await wire('closed/1'))
    },
  },
  {
    name: 'a failing call that nobody awaits is an unhandled rejection',
    script: wireError(400, { message: 'nobody awaits this' }),
    calls: ['chat_completion error 400 -'],
    run: async ({ client, wire, print }) => {
      void client.chat.completions.create(CHAT)
      print('the server answered', await wire('closed/1'))
    },
  },
  {
    name: 'a failing call whose then has no catch is an unhandled rejection',
    script: wireError(400, { message: 'then without catch' }),
    calls: ['chat_completion error 400 -'],
    run: async ({ client, wire, print }) => {
      void client.chat.completions.create(CHAT).then((answer) => answer.id)
      print('the server answered', await wire('closed/1'))
    },
  },
  {
    name: 'a failing call whose response nobody awaits is an unhandled rejection',
    script: wireError(400, { message: 'asResponse without catch' }),
    calls: ['chat_completion error 400 -'],
    run: async ({ client, wire, print }) => {
      void client.chat.completions.create(CHAT).asResponse()
      print('the server answered', await wire('closed/1'))
    },
  },
  {
    name: 'a failing call that is caught leaves no unhandled rejection',
    script: wireError(400, { message: 'caught' }),
    calls: ['chat_completion error 400 -'],
    run: async ({ client, print }) => {
      print('caught', await client.chat.completions.create(CHAT).catch((error: unknown) => error))
    },
  },
  {
    name: 'a failing call without retries whose network is gone and nobody awaits',
    script: { silent: true, after: 'reset' },
    calls: ['chat_completion error - -'],
    run: async ({ connect, wire, print }) => {
      void connect({ maxRetries: 0 }).chat.completions.create(CHAT)
      print('the server was asked', await wire('closed/1'))
    },
  },
]

interface Unwrappable extends Promise<unknown> {
  _thenUnwrap(transform: (answer: { id: string }) => unknown): Unwrappable
  withResponse(): Promise<{ data: unknown }>
}
