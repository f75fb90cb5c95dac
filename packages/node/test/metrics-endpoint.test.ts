import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { diag, DiagLogLevel } from '@opentelemetry/api'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { INSTRUMENTS, type InstrumentDefinition } from '@tokenmeter/meter'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMetricsReader } from '../src/metrics-reader.ts'
import { MetricsEndpoint } from '../src/metrics-endpoint.ts'

const said: { readonly warn: string[]; readonly debug: string[] } = { warn: [], debug: [] }

const ignore = (): void => {}

beforeEach(() => {
  said.warn.length = said.debug.length = 0
  const warn = (message: string): void => void said.warn.push(message)
  const debug = (message: string): void => {
    if (message.startsWith('/metrics')) said.debug.push(message)
  }
  diag.setLogger({ error: warn, warn, info: ignore, debug, verbose: ignore }, { logLevel: DiagLogLevel.ALL })
})
afterEach(() => diag.disable())

function serve(port = 0, serviceName = 'desk', processId = process.pid) {
  const reader = createMetricsReader([])
  const resource = resourceFromAttributes({ 'service.name': serviceName, 'process.pid': processId })
  const provider = new MeterProvider({ readers: [reader], resource })
  const endpoint = new MetricsEndpoint(reader, { host: '127.0.0.1', port, serviceName })
  return {
    endpoint,
    meter: provider.getMeter('test'),
    [Symbol.asyncDispose]: async () => {
      endpoint.close()
      await provider.shutdown()
    },
  }
}

function record(meter: ReturnType<typeof serve>['meter'], { name, unit, kind }: InstrumentDefinition): void {
  if (kind === 'counter') meter.createCounter(name, { unit }).add(1)
  else if (kind === 'gauge') meter.createGauge(name, { unit }).record(1)
  else meter.createHistogram(name, { unit }).record(1)
}

async function scrape(endpoint: MetricsEndpoint): Promise<string> {
  const response = await fetch((await endpoint.url) ?? '')
  return await response.text()
}

test('every instrument of ours has its name of the table, and its series have no other labels than its own', async () => {
  await using served = serve()
  for (const definition of Object.values(INSTRUMENTS)) record(served.meter, definition)
  const text = await scrape(served.endpoint)
  const families = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
  const expected = Object.values(INSTRUMENTS).map(({ prometheusName, kind }) => `${prometheusName} ${kind}`)
  expect(families.toSorted()).toEqual([...expected, 'target_info gauge'].toSorted())
  expect(text).toContain('\nai_cost_total 1\n')
  expect(text).toContain('\nai_request_duration_seconds_count 1\n')
})

test('the answer has the content type of the Prometheus text format', async () => {
  await using served = serve()
  const response = await fetch((await served.endpoint.url) ?? '')
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
})

test('there is nothing but /metrics, and nothing to change there', async () => {
  await using served = serve()
  const url = new URL((await served.endpoint.url) ?? '')
  expect((await fetch(new URL('/', url))).status).toBe(404)
  expect((await fetch(url, { method: 'POST' })).status).toBe(405)
})

test('a port that another program has is told, with the variable that changes it', async () => {
  const stranger = createServer((_, response) => response.end('hello'))
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const { port } = stranger.address() as AddressInfo
  await using served = serve(port)
  expect(await served.endpoint.url).toBeUndefined()
  await served.endpoint.told
  expect(said.warn).toEqual([
    `port ${port} on 127.0.0.1 is taken, so there is no /metrics; OTLP is not affected; ` +
      'set TOKENMETER_METRICS_PORT to another port, or TOKENMETER_METRICS_ENDPOINT=off',
  ])
  stranger.closeAllConnections()
  stranger.close()
})

test('a port that another process of the same service has is no reason for a warning', async () => {
  await using first = serve(0, 'desk', 1)
  const port = Number(new URL((await first.endpoint.url) ?? '').port)
  await using second = serve(port)
  expect(await second.endpoint.url).toBeUndefined()
  await second.endpoint.told
  expect(said.warn).toEqual([])
  expect(said.debug).toEqual([`/metrics on 127.0.0.1:${port} is served by another process of desk`])
})

test('services without a name are only taken for the same one when they are parent and child, or threads', async () => {
  await using stranger = serve(0, 'unknown_service:node', 1)
  await using parent = serve(0, 'unknown_service:node', process.ppid)
  await using self = serve(0, 'unknown_service:node', process.pid)
  for (const holder of [stranger, parent, self]) {
    const port = Number(new URL((await holder.endpoint.url) ?? '').port)
    await using late = serve(port, 'unknown_service:node')
    await late.endpoint.told
  }
  expect([said.warn.length, said.debug.length]).toEqual([1, 2])
})

test('as many series of an observable counter are there as our counters may have', async () => {
  await using served = serve()
  const counter = served.meter.createObservableCounter('many')
  counter.addCallback((result) => {
    for (let index = 0; index < 9000; index++) result.observe(1, { index })
  })
  const text = await scrape(served.endpoint)
  expect(text.match(/^many_total\{index="\d+"\} 1$/gm)).toHaveLength(9000)
})
