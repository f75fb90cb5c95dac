import { afterEach, describe, expect, test } from 'vitest'
import { readExposition } from '../../../collector/stack/exposition.ts'
import { JaegerApi } from '../../../collector/stack/jaeger-api.ts'
import { loopback } from '../../../collector/stack/ports.ts'
import { PrometheusApi } from '../../../collector/stack/prometheus-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { startSteadyCalls } from '../../app/run-application.ts'
import { startProvider } from '../../provider/provider.ts'
import { sendSpans, span } from './send-spans.ts'
import { startTestStack, type TestStack } from './test-stack.ts'

const SERVICE = 'e2e-outage'
const REQUESTS = 40
const SPANS_IN_A_REQUEST = 25
const CALLS = 100
/** What every trace of these tests is kept for: it is an error. */
const GATEWAY = { collectorConfigs: ['gateway.yaml'], collectorEnv: { OTELCOL_DECISION_WAIT: '1s' } }

let stack: TestStack

afterEach(() => stack[Symbol.asyncDispose]())

async function sendLoad(): Promise<string[]> {
  const sent = Array.from({ length: REQUESTS }, () =>
    Array.from({ length: SPANS_IN_A_REQUEST }, () => span('chat', { failed: true })),
  )
  for (const spans of sent) await sendSpans(stack.otlpUrl, SERVICE, spans)
  return sent
    .flat()
    .map(({ traceId }) => traceId)
    .toSorted()
}

async function arrivedTraces(count: number): Promise<string[]> {
  const jaeger = new JaegerApi(stack.jaegerUrl)
  const spans = await waitFor(`${count} spans in Jaeger`, async () => {
    const found = await jaeger.findSpans(SERVICE)
    return found.length >= count ? found : undefined
  })
  return spans.map(({ traceId }) => traceId).toSorted()
}

/** Waits until so many spans are in the queue to Jaeger. */
async function waitForQueue(spans: number): Promise<void> {
  await waitFor(`${spans} spans in the queue`, async () => {
    const response = await fetch(`${loopback(stack.ports.collectorMetrics)}/metrics`)
    const sizes = readExposition(await response.text()).filter(
      ({ name, labels }) => name === 'otelcol_exporter_queue_size' && labels['exporter'] === 'otlp_http/jaeger',
    )
    return sizes.some(({ value }) => value >= spans) ? true : undefined
  })
}

describe.each([
  ['a laptop', {}],
  ['a team', GATEWAY],
])('the Collector of %s', (_whose, choices) => {
  test('keeps every span that it accepted while Jaeger is down', async () => {
    stack = await startTestStack(choices)
    await stack.servers.stopServer('jaeger')
    const sent = await sendLoad()
    await stack.servers.startServer('jaeger')
    expect(await arrivedTraces(sent.length)).toEqual(sent)
  })

  test('keeps every count while Prometheus is down, even of an application that has ended meanwhile', async () => {
    stack = await startTestStack(choices)
    await using provider = await startProvider()
    const application = await startSteadyCalls({
      serviceName: SERVICE,
      openaiUrl: provider.url,
      otlpUrl: stack.otlpUrl,
    })
    const prometheus = new PrometheusApi(stack.prometheusUrl)
    const total = async (): Promise<number | undefined> =>
      (await prometheus.query(`sum(ai_requests_total{service_name="${SERVICE}"})`))[0]?.value
    await waitFor('calls in Prometheus', async () => ((await total()) ?? 0) > 0 || undefined)

    await stack.servers.stopServer('prometheus')
    const before = provider.served.length
    await waitFor('calls during the outage', () => provider.served.length > before + CALLS || undefined)
    await application[Symbol.asyncDispose]()
    await stack.servers.startServer('prometheus')

    const served = provider.served.length
    expect(
      await waitFor('all calls in Prometheus', async () => ((await total()) === served ? served : undefined)),
    ).toBe(served)
  })
})

test('the Collector of a team keeps what waits for Jaeger when it is restarted', async () => {
  stack = await startTestStack(GATEWAY)
  await stack.servers.stopServer('jaeger')
  const sent = await sendLoad()
  await waitForQueue(sent.length)
  await stack.servers.stopServer('otelcol')
  await stack.servers.startServer('jaeger')
  await stack.servers.startServer('otelcol')
  expect(await arrivedTraces(sent.length)).toEqual(sent)
})
