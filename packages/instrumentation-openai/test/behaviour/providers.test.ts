import type { OpenAI } from 'openai'
import { diag, DiagLogLevel } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import { instrument } from '../../src/index.ts'
import { CHAT, RESPONSE } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { diverted } from '../support/diverted.ts'
import { MAJORS } from '../support/majors.ts'
import { meters } from '../support/metrics.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion, response } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const newest = MAJORS[3] as (typeof MAJORS)[number]

/** Classes and providers that a major of the client may have in modules of their own. */
interface ProviderModules {
  readonly BedrockOpenAI: new (options: object) => OpenAI
  readonly bedrock: (options: object) => unknown
  readonly vertex: (options: object) => unknown
}

async function load(name: string): Promise<ProviderModules> {
  return (await import(name)) as ProviderModules
}

describe.each(MAJORS)('with openai $major, the provider', ({ connect }) => {
  test.each([
    ['https://openrouter.ai/api/v1', 'openrouter'],
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://mine.services.ai.azure.com/openai/v1/', 'azure.ai.openai'],
    ['https://llm.example.com/v1', 'openai'],
  ])('of %s is %s, on the span and in the metrics', async (url, name) => {
    await using wire = await wireServer(chatCompletion())
    const tracing = spans()
    const metering = meters()
    using watched = watchCalls({ tracerProvider: tracing.provider, meterProvider: metering.provider })
    await connect({ url }, diverted(wire)).chat.completions.create(CHAT)
    expect(await watched.only()).toMatchObject({ provider: name, server: new URL(url).hostname })
    expect(tracing.ended()[0]?.attributes).toMatchObject({
      'gen_ai.provider.name': name,
      'server.address': new URL(url).hostname,
      'server.port': 443,
    })
    expect(await metering.read('ai.requests')).toMatchObject({ [`gpt-4o-mini chat_completion ${name} success`]: 1 })
  })

  test('of a server of our own is what the operator calls it, by its port or for all of them', async () => {
    await using wire = await wireServer(chatCompletion())
    await using other = await wireServer(chatCompletion())
    using watched = watchCalls({ providers: { [`127.0.0.1:${wire.port}`]: 'vllm', '127.0.0.1': 'ollama' } })
    await connect(wire).chat.completions.create(CHAT)
    await connect(other).chat.completions.create(CHAT)
    const calls = await watched.facts(2)
    expect(calls.map(({ provider, unpriced }) => [provider, unpriced])).toEqual([
      ['vllm', 'unknown_provider'],
      ['ollama', 'unknown_provider'],
    ])
  })
})

describe.each([
  { major: 6, name: 'openai-v6' },
  { major: 7, name: 'openai' },
])('with openai $major, a call of', ({ name }) => {
  test('BedrockOpenAI is one of Bedrock, behind whatever domain', async () => {
    await using wire = await wireServer(response())
    using watched = watchCalls()
    const { BedrockOpenAI } = await load(`${name}/bedrock`)
    const client = instrument(new BedrockOpenAI({ apiKey: 'token', baseURL: wire.url, maxRetries: 0 }))
    await client.responses.create(RESPONSE)
    expect(await watched.only()).toMatchObject({ provider: 'aws.bedrock', server: '127.0.0.1' })
  })

  test('the provider Bedrock is one of Bedrock, behind whatever domain', async () => {
    await using wire = await wireServer(response())
    using watched = watchCalls()
    const { bedrock } = await load(`${name}/providers/bedrock`)
    const { OpenAI: Client } = (await import(name)) as typeof import('openai')
    const provider = bedrock({ apiKey: 'token', baseURL: wire.url, region: 'us-east-1' })
    const client = instrument(new Client({ provider: provider as never, maxRetries: 0 }))
    await client.responses.create(RESPONSE)
    expect(await watched.only()).toMatchObject({ provider: 'aws.bedrock', server: '127.0.0.1' })
  })
})

test('with openai 7, a call of the provider Vertex is one of Vertex, behind whatever domain', async () => {
  await using wire = await wireServer(response())
  using watched = watchCalls()
  const { vertex } = await load('openai/providers/vertex')
  const { OpenAI: Client } = await import('openai')
  const provider = vertex({ baseURL: wire.url, tokenProvider: () => 'token' })
  const client = instrument(new Client({ provider: provider as never, maxRetries: 0 }))
  await client.responses.create(RESPONSE)
  expect(await watched.only()).toMatchObject({
    provider: 'gcp.vertex_ai',
    server: '127.0.0.1',
    unpriced: 'unknown_model',
  })
})

const silent = (): void => {}

test('providers that are named wrongly are said once, and calls are made and measured', async () => {
  await using wire = await wireServer(chatCompletion())
  const said: string[] = []
  const warn = (line: string): void => void said.push(line)
  diag.setLogger({ verbose: silent, debug: silent, info: silent, error: silent, warn }, DiagLogLevel.WARN)
  const providers = { 'http://127.0.0.1': 'vllm' }
  watchCalls({ providers })[Symbol.dispose]()
  using watched = watchCalls({ providers })
  diag.disable()
  await newest.connect(wire).chat.completions.create(CHAT)
  expect((await watched.only()).provider).toBe('openai')
  expect(said).toEqual([
    'tokenmeter: providers: the option is {"http://127.0.0.1":"vllm"}, but must be hosts with their providers in lower case, such as ' +
      'llm.internal:8080=vllm,gateway.example.com=openrouter, or in code { "llm.internal:8080": "vllm" }; going on without',
  ])
})
