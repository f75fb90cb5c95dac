import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCollector } from './support/collector.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { type Outcome, ourLines, programPath, run, runBare, runRegistered } from './support/run.ts'

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

const call = (env: Record<string, string>): Promise<Outcome> =>
  runRegistered('ending.mjs', ['natural'], { OPENAI_BASE_URL: openai.baseURL, ...env })

test('wrong settings are one line each, and the program runs as it does bare', async () => {
  await using collector = await startCollector()
  const bare = await runBare('ending.mjs', ['natural'], { OPENAI_BASE_URL: openai.baseURL })
  const outcome = await call({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER: 'sometimes',
    TOKENMETER_MAX_LABEL_VALUES: 'many',
    TOKENMETER_METRIC_PORT: '1',
  })
  expect({ ...outcome, stderr: '' }).toEqual({ ...bare, stderr: '' })
  expect(outcome.stderr.trim().split('\n')).toEqual([
    'tokenmeter: there is no variable TOKENMETER_METRIC_PORT; did you mean TOKENMETER_METRICS_PORT?',
    'tokenmeter: maxLabelValues: TOKENMETER_MAX_LABEL_VALUES is "many", but must be a whole number from 1 to 10000; going on with 200',
    'tokenmeter: OTEL_TRACES_SAMPLER is "sometimes", but must be always_on or always_off or traceidratio or parentbased_always_on or parentbased_always_off or parentbased_traceidratio; going on with parentbased_always_on',
  ])
  expect(collector.spans()).toHaveLength(1)
})

test('wrong settings stop the start when it is strict, and all of them are named', async () => {
  const outcome = await call({ TOKENMETER_STRICT: 'on', TOKENMETER_SDK: 'maybe', OTEL_PROPAGATORS: 'pigeon' })
  expect([outcome.code, outcome.stdout]).toEqual([1, ''])
  expect(outcome.stderr).toContain('- sdk: TOKENMETER_SDK is "maybe", but must be start or join; going on with "start"')
  expect(outcome.stderr).toContain('- OTEL_PROPAGATORS is "pigeon"')
})

test('a port that is taken costs /metrics and one line', async () => {
  await using collector = await startCollector()
  const stranger = createServer((_, response) => response.end())
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const port = String((stranger.address() as AddressInfo).port)
  const outcome = await call({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, TOKENMETER_METRICS_PORT: port })
  expect([outcome.code, outcome.stdout]).toEqual([0, 'Hello.\n'])
  expect(ourLines(outcome)).toEqual([expect.stringContaining(`port ${port} on 127.0.0.1 is taken`)])
  expect(collector.spans()).toHaveLength(1)
  stranger.closeAllConnections()
  stranger.close()
})

test('with OTEL_SDK_DISABLED the program runs bare', async () => {
  const env = { OTEL_SDK_DISABLED: 'true' }
  const args = ['--conditions=source', programPath('bare-sdk.mjs')]
  expect(await run(args, env)).toEqual({ stdout: 'false 0\n', stderr: '', code: 0, signal: null })
})

test('a program that makes no call ends without a word to anyone', async () => {
  await using collector = await startCollector()
  const outcome = await runRegistered('settings.mjs', [], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  expect(outcome).toEqual({ stdout: '/metrics\n', stderr: '', code: 0, signal: null })
  expect(collector.deliveries).toEqual([])
})

test('a provider of our own is who it was said to be', async () => {
  await using collector = await startCollector()
  const { host } = new URL(openai.baseURL)
  await call({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, TOKENMETER_PROVIDERS: `${host}=vllm` })
  const [span] = collector.spans()
  const provider = span?.attributes.find(({ key }) => key === 'gen_ai.provider.name')
  expect(provider?.value.stringValue).toBe('vllm')
})

test('prices of our own are in a file', async () => {
  await using collector = await startCollector()
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, TOKENMETER_PRICES: programPath('prices.json') }
  const outcome = await call(env)
  expect(ourLines(outcome)).toEqual([])
  // 10 at 100 USD a million, 5 at 200.
  expect(collector.counter('ai.cost')).toBe(0.002)
})

test('a file of prices that cannot be used costs those prices and one line, and every field that is wrong is in it', async () => {
  await using collector = await startCollector()
  const wrong = programPath('wrong-prices.json')
  const outcome = await call({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, TOKENMETER_PRICES: wrong })
  expect([outcome.code, outcome.stdout]).toEqual([0, 'Hello.\n'])
  expect(ourLines(outcome)).toEqual([
    `tokenmeter: prices: TOKENMETER_PRICES: ${wrong} cannot be used: prices[0].models must be a list of texts that is not empty, ` +
      'such as ["gpt-4o"], got "gpt-4o-mini"; prices[0].rates.input must be USD for a million units as a decimal in quotes, such as "0.15", ' +
      'got 100; going on with nothing',
  ])
  expect(collector.counter('ai.cost')).toBe(0.000_004_5)
})

test('the service is who it was said to be', async () => {
  await using collector = await startCollector()
  await call({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_SERVICE_NAME: 'desk',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,team=one',
  })
  expect(collector.resourceAttributes()).toMatchObject({ 'service.name': 'desk', team: 'one' })
})

test.each(['http/protobuf', 'http/json'])('%s reaches the Collector compressed, with its headers', async (protocol) => {
  await using collector = await startCollector()
  await call({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=one',
  })
  expect(collector.deliveries.map(({ path }) => path).toSorted()).toEqual(['/v1/metrics', '/v1/traces'])
  const [first] = collector.deliveries
  expect(first?.headers).toMatchObject({ 'x-team': 'one', 'content-encoding': 'gzip' })
  expect(first?.text).toContain('service.instance.id')
})

test.each(['natural', 'exit', 'throws'])('a worker thread that ends by %s is measured too', async (ending) => {
  await using collector = await startCollector()
  const env = { OPENAI_BASE_URL: openai.baseURL, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const bare = await runBare('worker.mjs', [ending], env)
  const outcome = await runRegistered('worker.mjs', [ending], env)
  expect([outcome.stdout, outcome.code]).toEqual([bare.stdout, bare.code])
  expect(collector.spans()).toHaveLength(1)
})
