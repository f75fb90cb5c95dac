import {
  chatStream,
  CHAT_USAGE,
  DONE,
  RATE_LIMIT_HEADERS,
  rateLimited,
  responseBody,
  responseStream,
  RESPONSE_USAGE,
  sse,
  wireError,
} from '../../support/wire-answers.ts'
import { PAUSE } from '../../support/wire-server.ts'
import { CHAT_STREAM, RESPONSE_STREAM } from '../scenario.ts'
import type { App, Scenario } from '../scenario.ts'

/** Sends two chunks and leaves the stream open until the client goes. */
const OPEN_STREAM = chatStream(['Hel', 'lo'], { after: 'stall' })

/** Iterates until it ends or throws, and prints everything it got. */
async function readAll({ print, attempt }: App, stream: AsyncIterable<unknown>): Promise<void> {
  await attempt('end', async () => {
    for await (const chunk of stream) print('chunk', chunk)
    return 'reached'
  })
}

/** Ends of streams, and what can be done with one. */
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
      const iterator = stream[Symbol.asyncIterator]()
      app.print('iterator tag', Object.prototype.toString.call(iterator))
      app.print(
        'iterator is its own iterable',
        iterator === (iterator as AsyncIterableIterator<unknown>)[Symbol.asyncIterator](),
      )
      app.print('iterator methods', [typeof iterator.next, typeof iterator.return, typeof iterator.throw])
      app.print('first', await iterator.next())
      await readAll(app, iterator as AsyncIterableIterator<unknown>)
      app.print('after the end', await iterator.next())
    },
  },
  {
    name: 'break after two chunks closes the request',
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled 200 -'],
    run: async ({ client, print, wire }) => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      let count = 0
      for await (const chunk of stream) {
        print('chunk', chunk)
        if (++count === 2) break
      }
      print('aborted', stream.controller.signal.aborted)
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'break before the end of a stream that has arrived wholly',
    script: chatStream(['Hel', 'lo', '!']),
    calls: ['chat_completion cancelled 200 -'],
    run: async ({ client, print }) => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      for await (const chunk of stream) {
        print('chunk', chunk)
        break
      }
      print('aborted', stream.controller.signal.aborted)
    },
  },
  {
    name: 'return of the iterator closes the request',
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled 200 -'],
    run: async ({ client, print, wire }) => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      const iterator = stream[Symbol.asyncIterator]()
      print('first', await iterator.next())
      print('return', await iterator.return?.('mine'))
      print('after', await iterator.next())
      print('return again', await iterator.return?.('again'))
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'return of the iterator before the first chunk',
    script: chatStream(['Hel', 'lo']),
    calls: 1,
    run: async ({ client, print }) => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      const iterator = stream[Symbol.asyncIterator]()
      print('return', await iterator.return?.())
      print('after', await iterator.next())
    },
  },
  {
    name: 'throw into the iterator',
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled 200 -'],
    run: async ({ client, print, attempt, wire }) => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      const iterator = stream[Symbol.asyncIterator]()
      print('first', await iterator.next())
      await attempt('throw', () => iterator.throw?.(new RangeError('mine')))
      print('after', await iterator.next())
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'an exception in the loop closes the request and comes through',
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled 200 -'],
    run: async ({ client, print, attempt, wire }) => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      await attempt('loop', async () => {
        for await (const chunk of stream) {
          print('chunk', chunk)
          throw new RangeError('mine')
        }
      })
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'abort by the controller of the stream',
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled 200 -'],
    run: async ({ client, print, wire }) => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      let count = 0
      for await (const chunk of stream) {
        print('chunk', chunk)
        if (++count === 2) stream.controller.abort()
      }
      print('ended quietly', true)
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'abort by a signal of the application while the stream runs',
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled 200 -'],
    run: async (app) => {
      const controller = new AbortController()
      const stream = await app.client.chat.completions.create(CHAT_STREAM, { signal: controller.signal })
      let count = 0
      await app.attempt('end', async () => {
        for await (const chunk of stream) {
          app.print('chunk', chunk)
          if (++count === 2) controller.abort(new RangeError('mine'))
        }
        return 'reached'
      })
      app.print('closed', await app.wire('closed/1'))
    },
  },
  {
    name: 'abort by a signal before the stream is read, which v4 never notices',
    since: 5,
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled 200 -'],
    run: async (app) => {
      const controller = new AbortController()
      const stream = await app.client.chat.completions.create(CHAT_STREAM, { signal: controller.signal })
      controller.abort()
      await readAll(app, stream)
      app.print('closed', await app.wire('closed/1'))
    },
  },
  {
    name: 'abort by a signal after the end of the stream',
    script: chatStream(['Hi']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const controller = new AbortController()
      const stream = await app.client.chat.completions.create(CHAT_STREAM, { signal: controller.signal })
      await readAll(app, stream)
      controller.abort()
      app.print('aborted', stream.controller.signal.aborted)
    },
  },
  {
    name: 'a signal that is aborted before the call',
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled - -'],
    run: async ({ client, attempt }) => {
      await attempt('create', () => client.chat.completions.create(CHAT_STREAM, { signal: AbortSignal.abort() }))
    },
  },
  {
    name: 'the connection is reset in the middle',
    script: chatStream(['Hel', 'lo'], { ending: [PAUSE], after: 'reset' }),
    calls: ['chat_completion error 200 -'],
    run: async ({ client, print, attempt, wire }) => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      const iterator = stream[Symbol.asyncIterator]()
      print('first', await iterator.next())
      print('second', await iterator.next())
      await wire('continue')
      await attempt('third', () => iterator.next())
      await attempt('fourth', () => iterator.next())
    },
  },
  {
    name: 'the connection of a Responses stream is reset in the middle',
    script: responseStream(['Hel', 'lo'], { ending: [PAUSE], after: 'reset' }),
    calls: ['response error 200 -'],
    run: async ({ client, print, attempt, wire }) => {
      const stream = await client.responses.create(RESPONSE_STREAM)
      let count = 0
      await attempt('end', async () => {
        for await (const event of stream) {
          print('event', event.type)
          if (++count === 6) await wire('continue')
        }
      })
    },
  },
  {
    name: 'an error event in a chat stream',
    script: chatStream(['Hel'], {
      ending: [sse({ error: { message: 'overloaded', type: 'server_error', code: 'overloaded' } })],
    }),
    calls: ['chat_completion error 200 -'],
    run: async (app) => readAll(app, await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'an error event in a Responses stream',
    script: responseStream(['Hel'], {
      ending: [
        sse({ type: 'error', code: 'server_error', message: 'overloaded', param: null, sequence_number: 9 }, 'error'),
      ],
    }),
    calls: ['response error 200 -'],
    run: async (app) => readAll(app, await app.client.responses.create(RESPONSE_STREAM)),
  },
  {
    name: 'a Responses stream that fails',
    script: responseStream(['Hel'], {
      ending: [
        sse(
          {
            type: 'response.failed',
            response: {
              ...responseBody('failed', [], RESPONSE_USAGE),
              error: { code: 'server_error', message: 'The model failed' },
            },
          },
          'response.failed',
        ),
      ],
    }),
    calls: ['response error 200 328/87'],
    run: async (app) => readAll(app, await app.client.responses.create(RESPONSE_STREAM)),
  },
  {
    name: 'a Responses stream that is incomplete',
    script: responseStream(['Hel'], {
      ending: [
        sse(
          {
            type: 'response.incomplete',
            response: {
              ...responseBody('incomplete', [], RESPONSE_USAGE),
              incomplete_details: { reason: 'max_output_tokens' },
            },
          },
          'response.incomplete',
        ),
      ],
    }),
    calls: ['response success 200 328/87'],
    run: async (app) => readAll(app, await app.client.responses.create(RESPONSE_STREAM)),
  },
  {
    name: 'an event whose JSON is malformed',
    script: chatStream(['Hel'], { ending: ['data: {"choices": [}\n\n', DONE] }),
    calls: ['chat_completion error 200 -'],
    run: async (app) => readAll(app, await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'the stream ends without [DONE]',
    script: chatStream(['Hel'], { ending: [] }),
    calls: 1,
    run: async (app) => readAll(app, await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'events after [DONE] are not delivered',
    script: chatStream(['Hel'], { ending: [DONE, sse({ id: 'late', choices: [] })] }),
    calls: 1,
    run: async (app) => readAll(app, await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'a stream with nothing in it',
    script: { headers: RATE_LIMIT_HEADERS, pieces: [] },
    calls: 1,
    run: async (app) => readAll(app, await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'carriage returns, comments, ids, several data lines and a split character',
    script: {
      pieces: [
        ': welcome\r\n\r\n',
        'id: 1\r\nretry: 10\r\ndata: {"id":"1",\r\ndata: "choices":[]}\r\n\r\n',
        Buffer.from(
          'data: {"id":"2","choices":[{"index":0,"delta":{"content":"gr\u00fc\u00df \u{1F600}"}}]}\n\n',
        ).subarray(0, 57),
        Buffer.from(
          'data: {"id":"2","choices":[{"index":0,"delta":{"content":"gr\u00fc\u00df \u{1F600}"}}]}\n\n',
        ).subarray(57),
        'data:{"id":"3","choices":[]}\n\n\n\ndata: {"id":"4"',
        ',"choices":[]}\n\ndata: [DONE]\n\n',
      ],
    },
    calls: ['chat_completion success 200 -'],
    run: async (app) => readAll(app, await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'a stream that nobody reads',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion abandoned 200 -'],
    run: async (app) => {
      const stream = await app.client.chat.completions.create(CHAT_STREAM)
      app.print('is a Stream', stream instanceof app.Stream)
    },
  },
  {
    name: 'a stream of which one chunk is read',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion abandoned 200 -'],
    run: async ({ client, print }) => {
      const stream = await client.chat.completions.create(CHAT_STREAM)
      print('first', await stream[Symbol.asyncIterator]().next())
    },
  },
  {
    name: 'both halves of a tee',
    script: chatStream(['Hel', 'lo'], { usage: CHAT_USAGE }),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => {
      const [left, right] = (await app.client.chat.completions.create(CHAT_STREAM)).tee()
      app.print('are Streams', [left instanceof app.Stream, right instanceof app.Stream])
      await readAll(app, left)
      await readAll(app, right)
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
      await readAll(app, right)
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
      await readAll(app, app.Stream.fromReadableStream(readable, new AbortController()))
    },
  },
  {
    name: 'a second iteration is refused',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const stream = await app.client.chat.completions.create(CHAT_STREAM)
      await readAll(app, stream)
      await readAll(app, stream)
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
      await readAll(app, stream)
      await readAll(app, first as AsyncIterableIterator<unknown>)
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
  {
    name: 'break out of a Responses stream',
    script: responseStream(['Hel', 'lo'], { after: 'stall' }),
    calls: ['response cancelled 200 -'],
    run: async ({ client, print, wire }) => {
      let count = 0
      for await (const event of await client.responses.create(RESPONSE_STREAM)) {
        print('event', event.type)
        if (++count === 2) break
      }
      print('closed', await wire('closed/1'))
    },
  },
  {
    name: 'a stream that is refused twice and then runs',
    script: [rateLimited(), rateLimited(), chatStream(['Hi'])],
    calls: ['chat_completion success 429,429,200 -'],
    run: async (app) => readAll(app, await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'a stream that is refused for good',
    script: wireError(401, { code: 'invalid_api_key' }),
    calls: ['chat_completion error 401 -', 'response error 401 -'],
    run: async ({ client, attempt }) => {
      await attempt('chat', () => client.chat.completions.create(CHAT_STREAM))
      await attempt('response', () => client.responses.create(RESPONSE_STREAM))
    },
  },
  {
    name: 'a stream that is asked for and answered with JSON',
    script: { json: { id: 'not a stream' } },
    calls: 1,
    run: async (app) => readAll(app, await app.client.chat.completions.create(CHAT_STREAM)),
  },
]
