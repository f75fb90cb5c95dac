import { createRequire } from 'node:module'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import type * as openai from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { OpenAIInstrumentation } from '../../src/index.ts'
import { CHAT } from '../harmless/scenario.ts'
import { meters } from '../support/metrics.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion, wireError } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

// One instrumentation must exist before the client is required, as in an application; the others join it later.
const instrumentation = new OpenAIInstrumentation()
const require = createRequire(import.meta.url)
const MODULES = ['openai-v4', 'openai-v5', 'openai-v6', 'openai'].map((name) => ({
  name,
  OpenAI: (require(name) as typeof openai).OpenAI,
}))

/** Every member of a class and its parents, with its flags. */
function look(type: { readonly prototype: unknown }): object[] {
  const looks: object[] = []
  for (let owner = type.prototype; owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    looks.push(Object.getOwnPropertyDescriptors(owner))
  }
  return looks
}

afterEach(() => instrumentation.enable())

describe.each(MODULES)('OpenAIInstrumentation, with $name required', ({ OpenAI }) => {
  const connect = (wire: { url: string }): openai.OpenAI =>
    new OpenAI({ apiKey: 'sk-test', baseURL: wire.url, maxRetries: 0 })

  test('records to the providers it is given', async () => {
    await using wire = await wireServer([chatCompletion(), wireError(400)])
    const [{ provider: tracers, ended }, { provider: meterProvider, read }] = [spans(), meters()]
    const exporter = new InMemoryLogRecordExporter()
    const loggers = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] })
    instrumentation.setTracerProvider(tracers)
    instrumentation.setMeterProvider(meterProvider)
    instrumentation.setLoggerProvider(loggers as never)
    const client = connect(wire)
    await client.chat.completions.create(CHAT)
    await client.chat.completions.create(CHAT).catch(() => {})
    expect(ended().map(({ name }) => name)).toEqual(['chat gpt-4o-mini', 'chat gpt-4o-mini'])
    expect(await read('ai.requests')).toMatchObject({
      'gpt-4o-mini chat_completion openai error': 1,
      'gpt-4o-mini chat_completion openai success': 1,
    })
    expect(exporter.getFinishedLogRecords().map(({ eventName }) => eventName)).toEqual([
      'gen_ai.client.operation.exception',
    ])
  })

  test('restores the very same methods when it is disabled, and watches again when it is enabled', async () => {
    await using wire = await wireServer(chatCompletion())
    const { provider, ended } = spans()
    instrumentation.setTracerProvider(provider)
    instrumentation.disable()
    const bare = look(OpenAI)
    instrumentation.enable()
    expect(look(OpenAI)).not.toEqual(bare)
    await connect(wire).chat.completions.create(CHAT)
    instrumentation.disable()
    expect(look(OpenAI)).toEqual(bare)
    await connect(wire).chat.completions.create(CHAT)
    expect(ended()).toHaveLength(1)
    instrumentation.enable()
    await connect(wire).chat.completions.create(CHAT)
    expect(ended()).toHaveLength(2)
  })

  test('counts a call once when there are two of them', async () => {
    await using wire = await wireServer(chatCompletion())
    const { provider, ended } = spans()
    const second = new OpenAIInstrumentation()
    instrumentation.setTracerProvider(provider)
    second.setTracerProvider(provider)
    second.setMeterProvider(meters().provider)
    await connect(wire).chat.completions.create(CHAT)
    second.disable()
    expect(ended()).toHaveLength(1)
  })

  test('that is created disabled records to the provider it was given before it was enabled', async () => {
    await using wire = await wireServer(chatCompletion())
    instrumentation.disable()
    const { provider, ended } = spans()
    const late = new OpenAIInstrumentation({ enabled: false })
    late.setTracerProvider(provider)
    late.setMeterProvider(meters().provider)
    await connect(wire).chat.completions.create(CHAT)
    late.enable()
    await connect(wire).chat.completions.create(CHAT)
    late.disable()
    expect(ended()).toHaveLength(1)
  })
})
