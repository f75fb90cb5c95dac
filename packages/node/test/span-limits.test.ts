import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCollector } from './support/collector.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { runRegistered } from './support/run.ts'

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

/** One attribute that is known when a call has ended, and how many attributes its span has. */
async function attributesWith(env: Readonly<Record<string, string>>): Promise<{ source: string; count: number }> {
  await using collector = await startCollector()
  const endpoints = { OPENAI_BASE_URL: openai.baseURL, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  await runRegistered('flush.mjs', [], { ...endpoints, ...env })
  const attributes = collector.spans()[0]?.attributes ?? []
  const source = attributes.find(({ key }) => key === 'ai.usage.source')?.value.stringValue ?? 'absent'
  return { source, count: attributes.length }
}

test('without limits a span has all that is known of the call', async () => {
  const { source, count } = await attributesWith({})
  expect(source).toBe('provider')
  expect(count).toBeGreaterThan(15)
})

test.each(['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'])(
  '%s cuts the values of a span',
  async (limit) => {
    expect((await attributesWith({ [limit]: '5' })).source).toBe('provi')
  },
)

test.each(['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'])(
  '%s bounds the attributes of a span',
  async (limit) => {
    expect((await attributesWith({ [limit]: '7' })).count).toBe(7)
  },
)
