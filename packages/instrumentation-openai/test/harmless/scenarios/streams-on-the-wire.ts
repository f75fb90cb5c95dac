import {
  chatStream,
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
import type { Scenario } from '../scenario.ts'

/** Streams that break, fail or are written in an unusual way. */
export const streamsOnTheWire: readonly Scenario[] = [
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
    run: async (app) => app.readAll(await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'an error event in a Responses stream',
    script: responseStream(['Hel'], {
      ending: [
        sse({ type: 'error', code: 'server_error', message: 'overloaded', param: null, sequence_number: 9 }, 'error'),
      ],
    }),
    calls: ['response error 200 -'],
    run: async (app) => app.readAll(await app.client.responses.create(RESPONSE_STREAM)),
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
    run: async (app) => app.readAll(await app.client.responses.create(RESPONSE_STREAM)),
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
    run: async (app) => app.readAll(await app.client.responses.create(RESPONSE_STREAM)),
  },
  {
    name: 'an event whose JSON is malformed',
    script: chatStream(['Hel'], { ending: ['data: {"choices": [}\n\n', DONE] }),
    calls: ['chat_completion error 200 -'],
    run: async (app) => app.readAll(await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'the stream ends without [DONE]',
    script: chatStream(['Hel'], { ending: [] }),
    calls: 1,
    run: async (app) => app.readAll(await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'events after [DONE] are not delivered',
    script: chatStream(['Hel'], { ending: [DONE, sse({ id: 'late', choices: [] })] }),
    calls: 1,
    run: async (app) => app.readAll(await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'a stream with nothing in it',
    script: { headers: RATE_LIMIT_HEADERS, pieces: [] },
    calls: 1,
    run: async (app) => app.readAll(await app.client.chat.completions.create(CHAT_STREAM)),
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
    run: async (app) => app.readAll(await app.client.chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'a stream that is refused twice and then runs',
    script: [rateLimited(), rateLimited(), chatStream(['Hi'])],
    calls: ['chat_completion success 429,429,200 -'],
    run: async (app) => app.readAll(await app.client.chat.completions.create(CHAT_STREAM)),
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
    run: async (app) => app.readAll(await app.client.chat.completions.create(CHAT_STREAM)),
  },
]
