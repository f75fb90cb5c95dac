import { chatCompletion, chatStream, wireError } from '../../support/wire-answers.ts'
import { type ToolCall, toolCalls, toolCallStream } from '../../support/tool-calls.ts'
import { CHAT } from '../scenario.ts'
import type { App, Scenario } from '../scenario.ts'

const OSLO: ToolCall = { id: 'call_1', name: 'weather', args: { city: 'Oslo' } }
const ROME: ToolCall = { id: 'call_2', name: 'weather', args: { city: 'Rome' } }
const ANSWERED = 'chat_completion success 200 1117/342'

type Params = Parameters<App['chat']['runTools']>[0]

/** Parameters of a run with the tool `weather`; `own` are members of its function's description. */
function params(own: object = {}, rest: object = {}): Params {
  const weather = {
    name: 'weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
    parse: JSON.parse,
    function: ({ city }: { city: string }): string => `sunny in ${city}`,
    ...own,
  }
  return { ...CHAT, tools: [{ type: 'function', function: weather }], ...rest } as unknown as Params
}

/** Runs tools to the end, and prints every message of it and every event about tools. */
async function runTools(app: App, given: Params): Promise<void> {
  const runner = app.chat.runTools(given)
  const emitter = runner as unknown as { on(event: string, listener: (...all: unknown[]) => void): void }
  for (const event of ['message', 'functionToolCallResult', 'functionCallResult', 'error', 'abort', 'end']) {
    emitter.on(event, (first) => app.print(event, first))
  }
  await app.attempt('content', () => runner.finalContent())
  app.print('messages', runner.messages)
  app.print('ended', [runner.ended, runner.errored, runner.aborted])
}

/** A tool of a class with private state. */
class Forecast {
  readonly name = 'weather'
  readonly description = ''
  readonly parameters = { type: 'object', properties: {} }
  #asked = 0

  parse(text: string): unknown {
    return { asked: ++this.#asked, ...(JSON.parse(text) as object) }
  }

  function({ asked, city }: { asked: number; city: string }): string {
    return `${asked} of ${this.#asked}: ${city}`
  }
}

function abort(_: unknown, runner: { abort(): void }): string {
  runner.abort()
  return 'no more'
}

function forecast(text: string): string {
  return text.toUpperCase()
}

function refuse(): never {
  throw new SyntaxError('no JSON')
}

/** What the client's loop over tools does with them. */
export const toolRuns: readonly Scenario[] = [
  {
    name: 'runTools with what a function receives',
    script: [toolCalls(OSLO), chatCompletion()],
    calls: [ANSWERED, ANSWERED],
    tools: 1,
    run: async (app) => {
      const given = params({
        function(this: unknown, ...args: unknown[]): string {
          app.print('this', [this === (given.tools[0] as { function: unknown }).function, Object.keys(this as object)])
          app.print('arguments', [args.length, args[0], args[1] === runner])
          return 'sunny'
        },
      })
      const runner = app.chat.runTools(given)
      app.print('content', await runner.finalContent())
      app.print('tools', given.tools)
    },
  },
  {
    name: 'runTools with tools of a class',
    script: [toolCalls(OSLO, ROME), chatCompletion()],
    calls: [ANSWERED, ANSWERED],
    tools: 2,
    run: async (app) =>
      runTools(app, { ...params(), tools: [{ type: 'function', function: new Forecast() as never }] }),
  },
  {
    name: 'runTools with parameters, tools and functions that are frozen',
    script: [toolCalls(OSLO), chatCompletion()],
    calls: [ANSWERED, ANSWERED],
    tools: 1,
    run: async (app) => {
      const given = params()
      for (const frozen of [(given.tools[0] as { function: object }).function, given.tools[0], given.tools, given]) {
        Object.freeze(frozen)
      }
      await runTools(app, given)
    },
  },
  {
    name: 'runTools with a function that is replaced on the way',
    script: [toolCalls(OSLO), toolCalls(ROME), chatCompletion()],
    calls: [ANSWERED, ANSWERED, ANSWERED],
    tools: 2,
    run: async (app) => {
      const given = params({
        function(this: { function: unknown }): string {
          this.function = () => 'another'
          return 'the first'
        },
      })
      await runTools(app, given)
    },
  },
  {
    name: 'runTools with several tools in one answer, the first the slowest',
    script: [toolCalls(OSLO, ROME), chatCompletion()],
    calls: [ANSWERED, ANSWERED],
    tools: 2,
    run: async (app) => {
      const slowly = async ({ city }: { city: string }): Promise<object> => {
        app.print('begins', city)
        for (let turn = city === 'Oslo' ? 5 : 0; turn > 0; turn--) await new Promise(setImmediate)
        app.print('ends', city)
        return { city }
      }
      await runTools(app, params({ function: slowly }))
    },
  },
  {
    name: 'runTools with several tools, not at the same time',
    script: [toolCalls(OSLO, ROME), chatCompletion()],
    calls: [ANSWERED, ANSWERED],
    tools: 2,
    run: async (app) => runTools(app, params({}, { parallel_tool_calls: false })),
  },
  ...(['a result', 'nothing', 'a number', 'a generator', 'a thenable', 'a promise of its own'] as const).map(
    (what): Scenario => ({
      name: `runTools with a function that returns ${what}`,
      script: [toolCalls(OSLO), chatCompletion()],
      calls: [ANSWERED, ANSWERED],
      tools: 1,
      run: async (app) => {
        // oxlint-disable-next-line unicorn/no-thenable -- promises of other libraries are just that
        const thenable = { then: (resolve: (value: unknown) => void): void => resolve({ later: true }) }
        const results = {
          'a result': () => ({ sunny: true }),
          nothing: () => {},
          'a number': () => 21,
          *'a generator'() {
            yield 'never read'
          },
          'a thenable': () => thenable,
          'a promise of its own': () => new (class Lazy extends Promise<number> {})((resolve) => resolve(21)),
        }
        await runTools(app, params({ function: results[what] }))
      },
    }),
  ),
  ...(['an error', 'a text', 'nothing', 'an odd error'] as const).map((what): Scenario => ({
    name: `runTools with a function that throws ${what}`,
    script: toolCalls(OSLO),
    calls: [ANSWERED],
    tools: 1,
    run: async (app) => {
      const odd = Object.create(Error.prototype, { constructor: { value: undefined } }) as Error
      const errors = {
        'an error': new RangeError('no weather'),
        'a text': 'no',
        nothing: undefined,
        'an odd error': odd,
      }
      const fail = (): never => {
        throw errors[what]
      }
      await runTools(app, params({ function: fail }))
    },
  })),
  {
    name: 'runTools with a function that rejects while another one works',
    script: toolCalls(OSLO, ROME),
    calls: [ANSWERED],
    // From v6 on the tools of an answer run at the same time.
    tools: (major) => (major < 6 ? 1 : 2),
    run: async (app) => {
      const fail = async ({ city }: { city: string }): Promise<string> => {
        app.print('asked', city)
        if (city === 'Oslo') throw new TypeError('no weather in Oslo')
        return 'sunny'
      }
      await runTools(app, params({ function: fail }))
    },
  },
  {
    name: 'runTools with arguments that cannot be parsed',
    script: [toolCalls(OSLO), chatCompletion()],
    calls: [ANSWERED, ANSWERED],
    run: async (app) => {
      await runTools(app, params({ parse: refuse }))
    },
  },
  {
    name: 'runTools with arguments that are parsed later',
    script: [toolCalls(OSLO, ROME), chatCompletion()],
    calls: [ANSWERED, ANSWERED],
    tools: 2,
    run: async (app) => runTools(app, params({ parse: async (text: string) => JSON.parse(text) as unknown })),
  },
  {
    name: 'runTools with arguments as text, and a function that has the only name',
    script: [toolCalls({ ...OSLO, name: 'forecast' }), chatCompletion()],
    calls: [ANSWERED, ANSWERED],
    tools: 1,
    run: async (app) => {
      await runTools(app, params({ name: undefined, parse: undefined, function: forecast }))
    },
  },
  {
    name: 'runTools with a tool that nobody has',
    script: [toolCalls({ ...OSLO, name: 'toString' }), chatCompletion()],
    // Before v7 the client takes what every object inherits for a tool, and fails.
    calls: (major) => (major < 7 ? [ANSWERED] : [ANSWERED, ANSWERED]),
    run: async (app) => runTools(app, params()),
  },
  {
    name: 'runTools for one tool only',
    script: toolCalls(OSLO),
    calls: [ANSWERED],
    tools: 1,
    run: async (app) => runTools(app, params({}, { tool_choice: { type: 'function', function: { name: 'weather' } } })),
  },
  ...[undefined, null, 'tools', {}, [null], [{ type: 'function' }], [{ type: 'custom' }]].map((tools): Scenario => ({
    name: `runTools with ${JSON.stringify(tools) ?? 'undefined'} for tools`,
    script: chatCompletion(),
    run: async (app) => runTools(app, { ...CHAT, tools } as unknown as Params),
  })),
  {
    name: 'runTools without parameters',
    script: chatCompletion(),
    run: async (app) => app.attempt('run', () => app.chat.runTools(undefined as unknown as Params).done()),
  },
  {
    name: 'runTools, aborted by a tool',
    script: [toolCalls(OSLO), chatCompletion()],
    tools: 1,
    run: async (app) => {
      await runTools(app, params({ function: abort }))
    },
  },
  {
    name: 'runTools, streamed, with two tools and a refusal',
    script: [toolCallStream(OSLO, ROME), wireError(400, { message: 'no more' })],
    calls: ['chat_completion success 200 -', 'chat_completion error 400 -'],
    tools: 2,
    run: async (app) => runTools(app, params({}, { stream: true })),
  },
  {
    name: 'runTools, streamed, iterated',
    script: [toolCallStream(OSLO), chatStream(['Sun', 'ny'])],
    calls: ['chat_completion success 200 -', 'chat_completion success 200 -'],
    tools: 1,
    run: async (app) => {
      const runner = app.chat.runTools(params({}, { stream: true })) as unknown as AsyncIterable<unknown>
      await app.readAll(runner)
    },
  },
]
