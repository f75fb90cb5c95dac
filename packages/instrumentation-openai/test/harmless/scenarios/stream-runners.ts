import {
  chatChoice,
  chatCompletion,
  chatStream,
  CHAT_USAGE,
  responseStream,
  sse,
  wireError,
} from '../../support/wire-answers.ts'
import type { Answer } from '../../support/wire-server.ts'
import { CHAT, RESPONSE } from '../scenario.ts'
import type { App, Scenario } from '../scenario.ts'

/** Listens to every event by which a helper tells its progress, and prints them as they come. */
function listen({ print }: App, runner: object, events: readonly string[]): void {
  const emitter = runner as { on(event: string, listener: (...all: unknown[]) => void): void }
  for (const event of events) emitter.on(event, (...all) => print(event, all))
}

const CHAT_EVENTS = [
  'connect',
  'content',
  'message',
  'chatCompletion',
  'finalContent',
  'finalMessage',
  'error',
  'abort',
  'end',
]

const WEATHER = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
    parse: JSON.parse,
    function: ({ city }: { city: string }): string => `sunny in ${city}`,
  },
}

/** An answer that calls `weather` for a city. */
function callsWeather(id: string, city: string): Answer {
  const call = { id, type: 'function', function: { name: 'weather', arguments: JSON.stringify({ city }) } }
  return chatCompletion({ choices: [chatChoice({ tool_calls: [call] }, 'tool_calls')] })
}

/** The client's `.stream()` and `runTools` helpers, which are built upon the plain calls. */
export const streamRunners: readonly Scenario[] = [
  {
    name: 'chat.completions.stream with every event',
    script: chatStream(['Hel', 'lo'], { usage: CHAT_USAGE }),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => {
      const runner = app.chat.stream(CHAT)
      listen(app, runner, CHAT_EVENTS)
      app.print('completion', await runner.finalChatCompletion())
      app.print('content', await runner.finalContent())
      app.print('usage', await runner.totalUsage())
      await runner.done()
      app.print('ended', [runner.ended, runner.errored, runner.aborted])
    },
  },
  {
    name: 'chat.completions.stream, iterated',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      for await (const chunk of app.chat.stream(CHAT)) app.print('chunk', chunk)
    },
  },
  {
    name: 'chat.completions.stream, broken out of',
    script: chatStream(['Hel', 'lo'], { after: 'stall' }),
    calls: ['chat_completion cancelled 200 -'],
    run: async (app) => {
      for await (const chunk of app.chat.stream(CHAT)) {
        app.print('chunk', chunk)
        break
      }
      app.print('closed', await app.wire('closed/1'))
    },
  },
  {
    name: 'chat.completions.stream, aborted',
    script: chatStream(['Hel', 'lo'], { after: 'stall' }),
    calls: ['chat_completion cancelled 200 -'],
    run: async (app) => {
      const runner = app.chat.stream(CHAT)
      listen(app, runner, ['error', 'abort', 'end'])
      runner.on('content', (_delta, snapshot) => {
        if (snapshot === 'Hello') runner.abort()
      })
      await app.attempt('done', () => runner.done())
      app.print('closed', await app.wire('closed/1'))
    },
  },
  {
    name: 'chat.completions.stream that is refused',
    script: wireError(400, { message: 'no stream for you' }),
    calls: ['chat_completion error 400 -'],
    run: async (app) => {
      const runner = app.chat.stream(CHAT)
      listen(app, runner, ['error', 'abort', 'end'])
      await app.attempt('completion', () => runner.finalChatCompletion())
    },
  },
  {
    name: 'chat.completions.stream with an error event in it',
    script: chatStream(['Hel'], { ending: [sse({ error: { message: 'overloaded' } })] }),
    calls: ['chat_completion error 200 -'],
    run: async (app) => {
      const runner = app.chat.stream(CHAT)
      listen(app, runner, CHAT_EVENTS)
      await app.attempt('completion', () => runner.finalChatCompletion())
    },
  },
  {
    name: 'chat.completions.stream that is truncated',
    script: chatStream(['Hel'], { ending: [] }),
    calls: 1,
    run: async (app) => app.attempt('completion', () => app.chat.stream(CHAT).finalChatCompletion()),
  },
  {
    name: 'chat.completions.stream as a readable stream',
    script: chatStream(['Hel', 'lo']),
    calls: ['chat_completion success 200 -'],
    run: async (app) => {
      const readable = app.chat.stream(CHAT).toReadableStream()
      app.print('text', await new Response(readable as unknown as ReadableStream).text())
    },
  },
  {
    name: 'responses.stream with its events and its final response',
    script: responseStream(['Hel', 'lo']),
    calls: ['response success 200 328/87'],
    run: async (app) => {
      const runner = app.client.responses.stream(RESPONSE)
      listen(app, runner, [
        'connect',
        'event',
        'response.output_text.delta',
        'response.completed',
        'error',
        'abort',
        'end',
      ])
      app.print('response', await runner.finalResponse())
    },
  },
  {
    name: 'responses.stream, iterated and broken out of',
    script: responseStream(['Hel', 'lo'], { after: 'stall' }),
    calls: ['response cancelled 200 -'],
    run: async (app) => {
      for await (const event of app.client.responses.stream(RESPONSE)) {
        app.print('event', event.type)
        if (event.type === 'response.output_text.delta') break
      }
      app.print('closed', await app.wire('closed/1'))
    },
  },
  {
    name: 'runTools in two rounds',
    tools: 2,
    script: [callsWeather('call_1', 'Oslo'), callsWeather('call_2', 'Rome'), chatCompletion()],
    calls: [
      'chat_completion success 200 1117/342',
      'chat_completion success 200 1117/342',
      'chat_completion success 200 1117/342',
    ],
    run: async (app) => {
      const runner = app.chat.runTools({ ...CHAT, tools: [WEATHER] } as unknown as Parameters<
        App['chat']['runTools']
      >[0])
      listen(app, runner, [
        'message',
        'chatCompletion',
        'functionToolCall',
        'functionToolCallResult',
        'functionCall',
        'functionCallResult',
        'finalContent',
        'end',
      ])
      app.print('content', await runner.finalContent())
      app.print('messages', runner.messages)
      app.print('usage', await runner.totalUsage())
    },
  },
  {
    name: 'runTools whose second round is refused',
    tools: 1,
    script: [callsWeather('call_1', 'Oslo'), wireError(400, { message: 'no more' })],
    calls: ['chat_completion success 200 1117/342', 'chat_completion error 400 -'],
    run: async (app) => {
      const runner = app.chat.runTools({ ...CHAT, tools: [WEATHER] } as unknown as Parameters<
        App['chat']['runTools']
      >[0])
      listen(app, runner, ['message', 'error', 'abort', 'end'])
      await app.attempt('content', () => runner.finalContent())
    },
  },
  {
    name: 'runTools, streamed',
    tools: 1,
    script: [
      chatStream([], {
        ending: [
          sse({
            id: 'chatcmpl-1',
            object: 'chat.completion.chunk',
            created: 1,
            model: 'gpt-4o-mini',
            choices: [
              {
                index: 0,
                delta: {
                  role: 'assistant',
                  tool_calls: [
                    {
                      index: 0,
                      id: 'call_1',
                      type: 'function',
                      function: { name: 'weather', arguments: '{"city":"Oslo"}' },
                    },
                  ],
                },
                finish_reason: 'tool_calls',
              },
            ],
          }),
          'data: [DONE]\n\n',
        ],
      }),
      chatStream(['Sun', 'ny']),
    ],
    calls: ['chat_completion success 200 -', 'chat_completion success 200 -'],
    run: async (app) => {
      const params = { ...CHAT, stream: true, tools: [WEATHER] }
      const runner = app.chat.runTools(params as unknown as Parameters<App['chat']['runTools']>[0])
      listen(app, runner, ['message', 'end'])
      app.print('content', await runner.finalContent())
    },
  },
]
