import { SpanStatusCode, trace, type TracerProvider } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { tool } from '@tokenmeter/meter'
import type { OpenAI } from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { meters } from '../support/metrics.ts'
import { spans } from '../support/spans.ts'
import { type ToolCall, toolCalls, toolCallStream } from '../support/tool-calls.ts'
import { chatCompletion, chatStream } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const OSLO: ToolCall = { id: 'call_1', name: 'weather', args: { city: 'Oslo' } }
const ROME: ToolCall = { id: 'call_2', name: 'weather', args: { city: 'Rome' } }
const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } } }

type Params = Parameters<OpenAI['chat']['completions']['runTools']>[0]
type Run = (...args: never[]) => unknown

/** Parameters of a run with one tool, `weather`, whose arguments are parsed. */
function withWeather(run: Run, rest: object = {}): Params {
  const weather = { name: 'weather', description: '', parameters: PARAMETERS, parse: JSON.parse, function: run }
  return { ...CHAT, tools: [{ type: 'function', function: weather }], ...rest } as unknown as Params
}

const sunny = ({ city }: { city: string }): string => `sunny in ${city}`

/** Runs inside a span `request`, as an application does. */
async function inRequest<T>(provider: TracerProvider, run: () => Promise<T>): Promise<T> {
  return provider.getTracer('app').startActiveSpan('request', (span) => run().finally(() => span.end()))
}

const toolSpans = (ended: readonly ReadableSpan[]): ReadableSpan[] =>
  ended.filter(({ name }) => name.startsWith('execute_tool'))

function refuse(): never {
  throw new TypeError('no JSON')
}

async function parseRomeLast(text: string): Promise<unknown> {
  const parsed = JSON.parse(text) as { city: string }
  for (let turn = 0; parsed.city === 'Rome' && turn < 20; turn++) await Promise.resolve()
  return parsed
}

const activeName = (): unknown => (trace.getActiveSpan() as unknown as ReadableSpan | undefined)?.name

const TWO_ROUNDS = [
  '- > request',
  'request > chat gpt-4o-mini',
  'request > execute_tool weather',
  'request > chat gpt-4o-mini',
]

const WEATHER_SPAN = {
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': 'weather',
  'gen_ai.tool.type': 'function',
  'gen_ai.tool.call.id': 'call_1',
}

afterEach(() => trace.disable())

describe.each(MAJORS)('with openai $major, runTools', ({ major, openai, connect, chatOf }) => {
  test('has its model calls and its tools side by side below the active span', async () => {
    await using wire = await wireServer([toolCalls(OSLO), chatCompletion()])
    const { provider, ended, tree } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    await inRequest(provider, () => chatOf(connect(wire)).runTools(withWeather(sunny)).finalContent())
    expect(tree()).toEqual(TWO_ROUNDS)
    expect(toolSpans(ended())[0]?.attributes).toEqual(WEATHER_SPAN)
  })

  test('has them when it is streamed, too', async () => {
    await using wire = await wireServer([toolCallStream(OSLO), chatStream(['Sun', 'ny'])])
    const { provider, ended, tree } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    const params = withWeather(sunny, { stream: true })
    await inRequest(provider, () => chatOf(connect(wire)).runTools(params).finalContent())
    expect(tree()).toEqual(TWO_ROUNDS)
    expect(toolSpans(ended())[0]?.attributes).toEqual(WEATHER_SPAN)
  })

  test('has what a tool does below the tool, until it is done', async () => {
    await using wire = await wireServer([toolCalls(OSLO), chatCompletion(), chatCompletion()])
    const { provider, ended, tree } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    const client = connect(wire)
    const active: unknown[] = []
    // The client's own promise, which begins to parse when it is awaited: by the runner, not by us.
    const ask = (): unknown => {
      active.push(activeName())
      return client.chat.completions.create({ ...CHAT, model: 'inner' })
    }
    await inRequest(provider, () => chatOf(client).runTools(withWeather(ask)).finalContent())
    expect(active).toEqual(['execute_tool weather'])
    expect(tree()).toEqual([...TWO_ROUNDS.slice(0, 3), 'execute_tool weather > chat inner', TWO_ROUNDS[3]])
    expect(ended().map(({ name }) => name)).toEqual([
      'chat gpt-4o-mini',
      'chat inner',
      'execute_tool weather',
      'chat gpt-4o-mini',
      'request',
    ])
  })

  test('gives a tool its own object, its arguments and the runner', async () => {
    await using wire = await wireServer([toolCalls(OSLO), chatCompletion()])
    using _ = watchCalls()
    const received: unknown[] = []
    const params = withWeather(function (this: unknown, ...args: unknown[]) {
      received.push(this, args[0], args[1])
    } as Run)
    const { tools } = params
    const runner = chatOf(connect(wire)).runTools(params)
    await runner.finalContent()
    expect(received[0]).toBe((tools[0] as { function: unknown }).function)
    expect(received[1]).toEqual({ city: 'Oslo' })
    expect(received[2]).toBe(runner)
  })

  test('takes tools that are frozen, and leaves them as they are', async () => {
    await using wire = await wireServer([toolCalls(OSLO), chatCompletion()])
    const { provider, ended } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    const params = withWeather(sunny)
    const [weather] = params.tools as unknown as { function: { function: unknown } }[]
    Object.freeze(weather?.function)
    Object.freeze(weather)
    Object.freeze(params.tools)
    await chatOf(connect(wire)).runTools(Object.freeze(params)).finalContent()
    expect(weather?.function.function).toBe(sunny)
    expect(toolSpans(ended())).toHaveLength(1)
  })

  test('calls the function that stands in the tool when its turn has come', async () => {
    await using wire = await wireServer([toolCalls(OSLO), toolCalls(ROME), chatCompletion()])
    using _ = watchCalls()
    const replaced = { function: (): string => 'replaced' }
    const params = withWeather(() => {
      Object.assign((params.tools[0] as { function: object }).function, replaced)
      return 'original'
    })
    const runner = chatOf(connect(wire)).runTools(params)
    await runner.finalContent()
    const results = runner.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
    expect(results).toEqual(['original', 'replaced'])
  })

  test('tells the model calls of several tools apart, by what is parsed at once or later', async () => {
    const [paris, again] = [
      { ...OSLO, id: 'call_3', args: { city: 'Paris' } },
      { ...OSLO, id: 'call_4' },
    ]
    await using wire = await wireServer([toolCalls(OSLO, ROME, paris, again), chatCompletion()])
    const { provider, ended } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    const order: string[] = []
    const run = ({ city }: { city: string }): void => void order.push(city)
    const params = withWeather(run)
    Object.assign((params.tools[0] as { function: object }).function, { parse: parseRomeLast })
    await chatOf(connect(wire)).runTools(params).finalContent()
    const ids = toolSpans(ended()).map(({ attributes }) => attributes['gen_ai.tool.call.id'])
    // From v6 on the tools of an answer run at the same time.
    expect(order).toEqual(major < 6 ? ['Oslo', 'Rome', 'Paris', 'Oslo'] : ['Oslo', 'Paris', 'Oslo', 'Rome'])
    expect(ids).toEqual(major < 6 ? ['call_1', 'call_2', 'call_3', 'call_4'] : ['call_1', 'call_3', 'call_4', 'call_2'])
  })

  test('takes arguments as text where a tool does not parse', async () => {
    await using wire = await wireServer([toolCalls(OSLO), chatCompletion()])
    const { provider, ended } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    const params = withWeather(String)
    Object.assign((params.tools[0] as { function: object }).function, { parse: undefined })
    await chatOf(connect(wire)).runTools(params).finalContent()
    expect(toolSpans(ended())[0]?.attributes).toEqual(WEATHER_SPAN)
  })

  test("knows tools without a name by their function's", async () => {
    await using wire = await wireServer([toolCalls({ ...OSLO, name: 'sunny' }), chatCompletion()])
    const { provider, ended } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    const params = withWeather(sunny)
    Object.assign((params.tools[0] as { function: object }).function, { name: undefined })
    await chatOf(connect(wire)).runTools(params).finalContent()
    expect(toolSpans(ended()).map(({ name }) => name)).toEqual(['execute_tool sunny'])
  })

  test("watches the tools that the client's schema helpers make", async () => {
    await using wire = await wireServer([toolCalls(OSLO), chatCompletion()])
    const { provider, ended } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    const weather = { type: 'function', function: { name: 'weather', parameters: PARAMETERS, strict: true } }
    Object.defineProperties(weather, {
      $brand: { value: 'auto-parseable-tool' },
      $parseRaw: { value: JSON.parse },
      $callback: { value: sunny },
    })
    const runner = chatOf(connect(wire)).runTools({ ...CHAT, tools: [weather] } as unknown as Params)
    await runner.finalContent()
    expect(runner.messages.at(-2)?.content).toBe('sunny in Oslo')
    expect(toolSpans(ended())[0]?.attributes).toEqual(WEATHER_SPAN)
  })

  test('fails with what a tool throws, and its span says what kind', async () => {
    await using wire = await wireServer(toolCalls(OSLO))
    const { provider, ended } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    const error = new RangeError('no weather in Oslo')
    const params = withWeather(() => Promise.reject(error))
    await expect(chatOf(connect(wire)).runTools(params).done()).rejects.toMatchObject({ message: error.message })
    const [span] = toolSpans(ended())
    expect(span?.attributes).toEqual({ ...WEATHER_SPAN, 'error.type': 'RangeError' })
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'RangeError' })
  })

  test('executes nothing where arguments cannot be parsed or a tool is unknown', async () => {
    const unknown = { id: 'call_3', name: 'other', args: {} }
    await using wire = await wireServer([toolCalls(OSLO, unknown), chatCompletion()])
    const { provider, ended } = spans()
    using _ = watchCalls({ tracerProvider: provider })
    const params = withWeather(sunny)
    Object.assign((params.tools[0] as { function: object }).function, { parse: refuse })
    await chatOf(connect(wire)).runTools(params).finalContent()
    expect(toolSpans(ended())).toEqual([])
  })

  test.each([
    ['given', 'Weather service', (traced: Run): Run => traced],
    [
      'called',
      'weather',
      (traced: Run): Run =>
        (...args) =>
          traced(...args),
    ],
  ])('has one span for a function of tool() that is %s', async (_, name, make) => {
    await using wire = await wireServer([toolCalls(OSLO), chatCompletion()])
    const { provider, ended } = spans()
    trace.setGlobalTracerProvider(provider)
    using watched = watchCalls({ tracerProvider: provider })
    const search = tool('search', () => activeName())
    const traced = tool(name, () => search())
    const runner = chatOf(connect(wire)).runTools(withWeather(make(traced)))
    await runner.finalContent()
    expect(toolSpans(ended()).map((span) => span.name)).toEqual(['execute_tool search', 'execute_tool weather'])
    expect(runner.messages.at(-2)?.content).toBe('execute_tool search')
    expect(watched.calls).toHaveLength(2)
  })

  test('measures how long its tools take', async () => {
    await using wire = await wireServer([toolCalls(OSLO), chatCompletion()])
    const { provider, read } = meters()
    using _ = watchCalls({ meterProvider: provider })
    await chatOf(connect(wire)).runTools(withWeather(sunny)).finalContent()
    expect(await read('gen_ai.execute_tool.duration')).toMatchObject({ 'weather function': { count: 1 } })
  })

  test('is as it was when nobody watches any more', async () => {
    await using wire = await wireServer([toolCalls(OSLO), chatCompletion(), toolCalls(OSLO), chatCompletion()])
    const { provider, ended } = spans()
    const plain = new openai.OpenAI({ apiKey: 'sk-test', baseURL: wire.url })
    const completions = Object.getPrototypeOf(chatOf(plain)) as object
    const before = Object.getOwnPropertyDescriptors(completions)
    const watched = watchCalls({ tracerProvider: provider })
    const client = connect(wire)
    expect(Object.getOwnPropertyDescriptors(completions)).not.toEqual(before)
    const runner = chatOf(client).runTools(withWeather(sunny))
    await runner.finalContent()
    watched.watch.stop()
    expect(Object.getOwnPropertyDescriptors(completions)).toEqual(before)
    await chatOf(client).runTools(withWeather(sunny)).finalContent()
    expect(toolSpans(ended())).toHaveLength(1)
  })
})

test('with openai 4, runFunctions has its model calls and its functions side by side, too', async () => {
  const [{ connect, chatOf }] = MAJORS as [(typeof MAJORS)[number]]
  const message = { function_call: { name: 'weather', arguments: '{"city":"Oslo"}' } }
  const asks = chatCompletion({ choices: [{ index: 0, message: { role: 'assistant', ...message } }] })
  await using wire = await wireServer([asks, chatCompletion()])
  const { provider, ended, tree } = spans()
  using _ = watchCalls({ tracerProvider: provider })
  const chat = chatOf(connect(wire)) as unknown as { runFunctions: (params: unknown) => { done(): Promise<void> } }
  const weather = { name: 'weather', description: '', parameters: PARAMETERS, parse: JSON.parse, function: sunny }
  await inRequest(provider, () => chat.runFunctions({ ...CHAT, functions: [weather] }).done())
  expect(tree()).toEqual(TWO_ROUNDS)
  const { 'gen_ai.tool.call.id': _id, ...attributes } = WEATHER_SPAN
  expect(toolSpans(ended())[0]?.attributes).toEqual(attributes)
})
