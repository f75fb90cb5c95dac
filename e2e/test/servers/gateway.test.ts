import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'
import { JaegerApi } from '../../../collector/stack/jaeger-api.ts'
import { PrometheusApi } from '../../../collector/stack/prometheus-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { sendSpans, span } from './send-spans.ts'
import { startTestStack, type TestStack } from './test-stack.ts'

const KEPT = {
  failed: span('failed', { failed: true }),
  slow: span('slow', { seconds: 21 }),
  costly: span('costly', {
    attributes: { 'ai.cost': 0.06, 'gen_ai.usage.input_tokens': 1009, 'app.note': 'ada@example.com' },
  }),
}
const ORDINARY = Array.from({ length: 50 }, () => span('ordinary', { attributes: { 'ai.cost': 0.04 }, seconds: 19 }))

describe.each([
  ['a gateway', []],
  ['gateways that share the load', ['overlays/loadbalancing.yaml']],
])('%s', (what, overlays) => {
  const service = `e2e ${what}`
  let stack: TestStack

  beforeAll(async () => {
    stack = await startTestStack({
      collectorConfigs: ['gateway.yaml', ...overlays],
      collectorEnv: {
        OTELCOL_DECISION_WAIT: '1s',
        OTELCOL_SAMPLING_PERCENTAGE: '0',
        OTELCOL_FLUSH_INTERVAL: '1s',
        OTELCOL_PEERS: 'localhost',
        OTELCOL_PEERS_PORT: String((await findFreePorts(['peers'])).peers),
      },
    })
    await sendSpans(stack.otlpUrl, service, [...ORDINARY, ...Object.values(KEPT)])
  })

  afterAll(() => stack[Symbol.asyncDispose]())

  test('keeps traces that failed, were slow or costly, and of the others the share that is asked for', async () => {
    const jaeger = new JaegerApi(stack.jaegerUrl)
    const spans = await waitFor('the traces', async () => {
      const found = await jaeger.findSpans(service)
      return found.length >= 3 ? found : undefined
    })
    expect(spans.map(({ name }) => name).toSorted()).toEqual(['costly', 'failed', 'slow'])
  })

  test('masks what looks like an address or a key, and no count of tokens', async () => {
    const [costly] = (await new JaegerApi(stack.jaegerUrl).findSpans(service)).filter(({ name }) => name === 'costly')
    expect(costly?.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 1009, 'app.note': '****' })
  })

  test('counts every span before it decides, with exemplars that lead to traces', async () => {
    const prometheus = new PrometheusApi(stack.prometheusUrl)
    const calls = `sum by (span_name) (traces_span_metrics_calls_total{service_name="${service}"})`
    const counted = await waitFor('all spans in the span metrics', async () => {
      const samples = await prometheus.query(calls)
      return samples.reduce((sum, { value }) => sum + value, 0) >= 53 ? samples : undefined
    })
    expect(Object.fromEntries(counted.map(({ labels, value }) => [labels['span_name'], value]))).toEqual({
      ordinary: 50,
      failed: 1,
      slow: 1,
      costly: 1,
    })
    const exemplars = await waitFor('an exemplar', async () => {
      const found = await prometheus.exemplars(`traces_span_metrics_duration_seconds_bucket{service_name="${service}"}`)
      return found.length > 0 ? found : undefined
    })
    const sent = new Set([...ORDINARY, ...Object.values(KEPT)].map(({ traceId }) => traceId))
    expect(exemplars.filter(({ labels }) => !sent.has(labels['trace_id'] ?? ''))).toEqual([])
  })
})
