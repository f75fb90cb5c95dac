import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { JaegerApi, type JaegerSpan } from '../../../collector/stack/jaeger-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { runApplication } from '../../app/run-application.ts'
import { startProvider } from '../../provider/provider.ts'
import { factsOfRecords, factsOfSpan } from './call-records.ts'
import { startTestStack, type TestStack } from './test-stack.ts'

const SERVICE = 'e2e-trace-records'
const LOGICAL_CALLS = 13

describe.each([
  ['in memory', ['jaeger.yaml']],
  ['on disk, by badger', ['jaeger.yaml', 'badger.yaml']],
])('with traces %s', (_where, jaegerConfigs) => {
  let stack: TestStack
  let spans: readonly JaegerSpan[]
  let logFile: string

  beforeAll(async () => {
    stack = await startTestStack({ jaegerConfigs })
    logFile = join(stack.folder, 'calls.log')
    await using provider = await startProvider()
    await runApplication(
      { serviceName: SERVICE, openaiUrl: provider.url, otlpUrl: stack.otlpUrl },
      { TOKENMETER_LOG_FILE: logFile, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY' },
    )
    const jaeger = new JaegerApi(stack.jaegerUrl)
    spans = await waitFor('the spans of all calls in Jaeger', async () => {
      const found = await jaeger.findSpans(SERVICE)
      return found.length >= LOGICAL_CALLS ? found : undefined
    })
  })
  afterAll(() => stack?.[Symbol.asyncDispose]())

  test('Jaeger has one span for each record of the log, and both say the same', async () => {
    const records = await factsOfRecords(logFile)
    expect(records.size).toBe(LOGICAL_CALLS)
    expect(new Map(spans.map(({ traceId, attributes }) => [traceId, factsOfSpan(attributes)]))).toEqual(records)
  })

  test('spans have what Jaeger tells calls of a model by, and what its GenAI tab shows of them', () => {
    // Jaeger's page, as of 2.20: it recognises gen_ai.operation.name, and reads usage and messages from these attributes.
    for (const { attributes } of spans) {
      expect(attributes).toMatchObject({
        'gen_ai.operation.name': expect.any(String),
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': expect.any(String),
      })
    }
    const byModel = new Map(spans.map(({ attributes }) => [attributes['gen_ai.request.model'], attributes]))
    expect(byModel.get('o4-mini')).toMatchObject({
      'gen_ai.usage.input_tokens': 503,
      'gen_ai.usage.output_tokens': 401,
      'gen_ai.usage.reasoning.output_tokens': 293,
    })
    const question = [{ role: 'user', parts: [{ type: 'text', content: 'How is everything?' }] }]
    expect(JSON.parse(String(byModel.get('o4-mini')?.['gen_ai.input.messages']))).toEqual(question)
    expect(byModel.get('o4-mini')?.['gen_ai.output.messages']).toContain('All is well.')
    expect(byModel.get('gpt-4.1')).toMatchObject({ 'gen_ai.usage.cache_read.input_tokens': 256 })
  })
})
