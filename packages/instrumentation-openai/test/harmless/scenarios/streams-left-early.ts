import { chatStream, responseStream } from '../../support/wire-answers.ts'
import { CHAT_STREAM, RESPONSE_STREAM } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

/** Sends two chunks and leaves the stream open until the client goes. */
const OPEN_STREAM = chatStream(['Hel', 'lo'], { after: 'stall' })

/** Streams that the application leaves, stops or never reads. */
export const streamsLeftEarly: readonly Scenario[] = [
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
    name: 'a stream that stalls until the application loses its patience',
    script: OPEN_STREAM,
    calls: ['chat_completion cancelled 200 -'],
    run: async (app) => {
      const patience = new AbortController()
      const stream = await app.client.chat.completions.create(CHAT_STREAM, { signal: patience.signal })
      let timer: NodeJS.Timeout | undefined
      for await (const chunk of stream) {
        app.print('chunk', chunk)
        clearTimeout(timer)
        if (chunk.choices[0]?.delta.content === 'lo') timer = setTimeout(() => patience.abort(), 1)
      }
      app.print('aborted', stream.controller.signal.aborted)
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
      await app.readAll(stream)
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
      await app.readAll(stream)
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
]
