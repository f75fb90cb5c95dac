import { afterAll, beforeAll, expect, test } from 'vitest'
import { JaegerApi, type JaegerSpan } from '../../../collector/stack/jaeger-api.ts'
import { PrometheusApi } from '../../../collector/stack/prometheus-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { startTestStack, type TestStack } from './test-stack.ts'

let stack: TestStack

beforeAll(async () => {
  stack = await startTestStack()
})

afterAll(() => stack[Symbol.asyncDispose]())

const ATTRIBUTES = {
  'gen_ai.usage.input_tokens': 1009,
  'gen_ai.response.id': 'sk-thisIsAnIdAndNotAKeyAtAll000',
  'ai.price.source': 'genai-prices@0.1.8',
  'process.path': '/app/node_modules/.pnpm/@opentelemetry+sdk-node@0.301.0_@opentelemetry+api@1.10.0/index.js',
  'app.note': 'ask ada@example.com for sk-proj-0123456789abcdefghijkl',
}

async function sendSpan(): Promise<void> {
  const now = BigInt(Date.now()) * 1_000_000n
  const attributes = Object.entries(ATTRIBUTES).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }))
  const span = {
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '0123456789abcdef',
    name: 'chat',
    kind: 3,
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 1_000_000n),
    attributes,
  }
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'redaction' } }] }
  const response = await fetch(`${stack.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  })
  expect(response.status).toBe(200)
}

async function receivedSpan(): Promise<JaegerSpan> {
  const jaeger = new JaegerApi(stack.jaegerUrl)
  return await waitFor('the span in Jaeger', async () => (await jaeger.findSpans('redaction'))[0])
}

test('the Collector masks keys and e-mail addresses, and neither token counts nor package versions', async () => {
  await sendSpan()
  const { attributes } = await receivedSpan()
  expect(attributes).toMatchObject({ ...ATTRIBUTES, 'app.note': 'ask **** for ****' })
  expect(attributes['redaction.masked.count']).toBe(1)
})

test('Prometheus scrapes every part of the stack', async () => {
  const prometheus = new PrometheusApi(stack.prometheusUrl)
  const jobs = await waitFor('four healthy targets', async () => {
    const targets = await prometheus.activeTargets()
    const healthy = targets.filter((target) => target.health === 'up').map((target) => target.labels['job'])
    return healthy.length === 4 ? healthy.toSorted() : undefined
  })
  expect(jobs).toEqual(['alertmanager', 'jaeger', 'otel-collector', 'prometheus'])
})
