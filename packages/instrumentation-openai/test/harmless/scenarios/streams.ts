import { inspect } from 'node:util'
import { chatStream, CHAT_USAGE } from '../../support/wire-answers.ts'
import { CHAT_STREAM } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

/** Sends two chunks and leaves the stream open until the client goes. */
const OPEN_STREAM = chatStream(['Hel', 'lo'], { after: 'stall' })

/** What can be done with a stream besides reading it once. */
export const streams: readonly Scenario[] = [
  {
    name: 'a stream is a Stream, and the console shows it as one',
    script: chatStream(['Hi']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const promise = app.client.chat.completions.create(CHAT_STREAM)
      const stream = await promise
      app.print('is a Stream', stream instanceof app.Stream)
      app.print('same again', stream === (await promise))
      app.print('class', stream.constructor === app.Stream)
      app.print('keys', Reflect.ownKeys(stream).map(String))
      app.print('enumerable keys', Object.keys(stream))
      app.print('controller', stream.controller)
      app.print('console', inspect(stream))
      const iterator = stream[Symbol.asyncIterator]()
      app.print('iterator tag', Object.prototype.toString.call(iterator))
      app.print(
        'iterator is its own iterable',
        iterator === (iterator as AsyncIterableIterator<unknown>)[Symbol.asyncIterator](),
      )
      app.print('iterator methods', [typeof iterator.next, typeof iterator.return, typeof iterator.throw])
      app.print('first', await iterator.next())
      await app.readAll(iterator as AsyncIterableIterator<unknown>)
      app.print('after the end', await iterator.next())
    },
  },
  {
    name: 'both halves of a tee',
    script: chatStream(['Hel', 'lo'], { usage: CHAT_USAGE }),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => {
      const [left, right] = (await app.client.chat.completions.create(CHAT_STREAM)).tee()
      app.print('are Streams', [left instanceof app.Stream, right instanceof app.Stream])
      await app.readAll(left)
      await app.readAll(right)
    },
  },
  {
    name: 'both halves of a tee in turn, one left early',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const [left, right] = (await app.client.chat.completions.create(CHAT_STREAM)).tee()
      for await (const chunk of left) {
        app.print('left', chunk)
        break
      }
      await app.readAll(right)
      app.print('controller', left.controller === right.controller)
    },
  },
  {
    name: 'toReadableStream',
    script: chatStream(['Hel', 'lo'], { usage: CHAT_USAGE }),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const readable = (await client.chat.completions.create(CHAT_STREAM)).toReadableStream()
      print('class', readable.constructor.name)
      print('text', await new Response(readable as unknown as ReadableStream).text())
    },
  },
  {
    name: 'toReadableStream, cancelled after its first line',
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled 200 -'],
    run: async ({ client, print, wire }) => {
      const readable = (
        await client.chat.completions.create(CHAT_STREAM)
      ).toReadableStream() as unknown as ReadableStream
      const reader = readable.getReader()
      print('first', Buffer.from((await reader.read()).value as Uint8Array).toString())
      await reader.cancel()
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'through toReadableStream and back by fromReadableStream',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const readable = (await app.client.chat.completions.create(CHAT_STREAM)).toReadableStream()
      await app.readAll(app.Stream.fromReadableStream(readable, new AbortController()))
    },
  },
  {
    name: 'a second iteration is refused',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const stream = await app.client.chat.completions.create(CHAT_STREAM)
      await app.readAll(stream)
      await app.readAll(stream)
    },
  },
  {
    name: 'a second iteration is refused while the first goes on',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const stream = await app.client.chat.completions.create(CHAT_STREAM)
      const first = stream[Symbol.asyncIterator]()
      app.print('first', await first.next())
      await app.readAll(stream)
      await app.readAll(first as AsyncIterableIterator<unknown>)
    },
  },
  {
    name: 'several next at once',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async ({ client, print }) => {
      const iterator = (await client.chat.completions.create(CHAT_STREAM))[Symbol.asyncIterator]()
      print('results', await Promise.all(Array.from({ length: 5 }, () => iterator.next())))
    },
  },
  {
    name: 'chunks that are kept do not change',
    script: chatStream(['Hel', 'lo', ', world'], { usage: CHAT_USAGE }),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const kept: unknown[] = []
      for await (const chunk of await client.chat.completions.create(CHAT_STREAM)) kept.push(chunk)
      print('chunks', kept)
    },
  },
  {
    name: 'chunks that the application changes and freezes',
    script: chatStream(['Hel', 'lo'], { usage: CHAT_USAGE }),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      for await (const chunk of await client.chat.completions.create(CHAT_STREAM)) {
        chunk.id = 'mine'
        print('chunk', Object.freeze(chunk))
      }
    },
  },
]
