import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readAddresses } from '../../src/doctor/addresses.ts'
import { type ContextOptions, createContext } from '../../src/doctor/context.ts'
import { type Diagnosis, diagnose } from '../../src/doctor/diagnose.ts'
import { FAULTS } from './faults.ts'
import { type StandIns, startStandIns } from './stand-ins.ts'

const COLLECTOR = fileURLToPath(new URL('../../../../collector/', import.meta.url))

let standIns: StandIns
let folder: string

beforeEach(async () => {
  standIns = await startStandIns()
  folder = mkdtempSync(join(tmpdir(), 'tokenmeter-doctor-'))
  install('openai', '7.57.0')
  install('@tokenmeter/node', '0.1.0')
  install('@opentelemetry/api', '1.10.0')
  write('node_modules/openai/index.js', CLIENT_WITHOUT_WATCH)
  write('node_modules/@tokenmeter/node/register.mjs', '')
  write('node_modules/@tokenmeter/node/index.mjs', 'export const register = () => {}')
  write('node_modules/@opentelemetry/api/index.js', API_WITHOUT_SDK)
  write('package.json', '{ "scripts": { "start": "node src/app.js" } }')
  write('src/app.js', "import './telemetry.js'\nimport OpenAI from 'openai'\n")
  write('src/telemetry.js', "import { register } from '@tokenmeter/node'\nregister()\n")
})
afterEach(async () => {
  await standIns[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const EXPORTS: Readonly<Record<string, unknown>> = {
  '@tokenmeter/node': { '.': './index.mjs', './register': './register.mjs' },
}
/** As much of it as makes calls; overhead.test.ts has the real one. */
const CLIENT_WITHOUT_WATCH = `
exports.OpenAI = function ({ fetch }) {
  this.chat = { completions: { create: async () => await (await fetch()).json() } }
}`
/** As much of it as a process needs that makes one span, which goes nowhere. */
const API_WITHOUT_SDK = `
exports.ROOT_CONTEXT = {}
exports.SpanStatusCode = { ERROR: 2 }
exports.trace = {
  setSpanContext: (context) => context,
  getTracer: () => ({ startSpan: () => ({ setStatus() {}, end() {} }) }),
}`

function install(name: string, version: string, inside?: string): void {
  const target = join(folder, 'node_modules', ...(inside ? [inside, 'node_modules'] : []), name)
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'package.json'), JSON.stringify({ name, version, exports: EXPORTS[name] }))
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const ENV = { OTEL_SERVICE_NAME: 'desk', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' }

async function diagnosesOf(options: Partial<ContextOptions> = {}, writes = false): Promise<Diagnosis[]> {
  const context = createContext({
    addresses: readAddresses(standIns.urls, {}),
    env: ENV,
    folder,
    nodeVersion: '24.21.0',
    stage: undefined,
    start: undefined,
    collectorConfig: [join(COLLECTOR, 'otelcol.yaml')],
    now: new Date('2026-11-28T12:00:00Z'),
    timeZone: 'Europe/Berlin',
    runId: '0af7651916cd43dd8448eb211c80319c',
    timeoutMs: 30_000,
    patienceMs: 300,
    ...options,
  })
  const found: Diagnosis[] = []
  for await (const diagnosis of diagnose(context, { without: new Set(), write: writes })) found.push(diagnosis)
  return found
}

const problemsOf = (diagnoses: readonly Diagnosis[]): string[] =>
  diagnoses.filter(({ result }) => result === 'problem').map(({ id, line }) => `${id}: ${line}`)

test('where all is well, every check says so, and nothing is written', async () => {
  const diagnoses = await diagnosesOf()
  expect(diagnoses.filter(({ result }) => result !== 'ok')).toEqual([])
  const sent = standIns.asked.filter(({ method }) => method !== 'GET')
  expect(sent.map(({ server, path, body }) => [server, path, body])).toEqual([
    ['otlp', '/v1/traces', '{}'],
    ['otlp', '/v1/metrics', '{}'],
  ])
})

test('asked to write, it sends a span, a metric and an alert, and looks for all three', async () => {
  const diagnoses = await diagnosesOf({}, true)
  expect(diagnoses.filter(({ result }) => result !== 'ok')).toEqual([])
  const lines = diagnoses
    .filter(({ id }) => /-(?:written|route|shutdown|overhead)$/.test(id))
    .map(({ id, line }) => [id, line])
  expect(lines).toEqual([
    ['environment-overhead', 'no setting makes telemetry slow'],
    ['application-overhead', expect.stringMatching(/^a call takes \d\.\d\d ms longer with .\/src\/telemetry\.js$/)],
    ['application-shutdown', 'a process that ended at once has delivered its span'],
    ['collector-written', 'a span and a metric were taken'],
    ['prometheus-written', 'the metric of the doctor arrived'],
    ['alertmanager-route', 'an alert of severity info goes to nobody'],
    ['jaeger-written', 'the span of the doctor arrived'],
  ])
})

describe('what is broken is what it says', () => {
  test.each(FAULTS.map((fault) => [fault.what, fault] as const))('%s', async (_what, fault) => {
    fault.breaks?.({ standIns, install, write })
    const found = problemsOf(await diagnosesOf({ env: { ...ENV, ...fault.env }, ...fault.options }, fault.write))
    const addressed = found.map((line) =>
      Object.entries(standIns.urls).reduce((text, [name, url]) => text.replaceAll(url, `{${name}}`), line),
    )
    expect(addressed).toEqual(fault.says)
  })
})

test.each(['application', 'collector', 'prometheus', 'alertmanager', 'jaeger', 'grafana'] as const)(
  'that nobody listens where %s should be is one problem, and what hangs on it cannot be told',
  async (name) => {
    await standIns.stop(name)
    const diagnoses = await diagnosesOf()
    const [first, ...others] = problemsOf(diagnoses)
    expect(first).toMatch(/^\w+-(?:metrics|health|ready): http:\S+ refuses the connection: nobody listens there$/)
    expect(others).toEqual([])
    for (const { line } of diagnoses.filter(({ result }) => result === 'skipped')) {
      expect(line).toMatch(/^cannot be told: http:\S+ refuses the connection/)
    }
  },
)

test('an API of OpenTelemetry that is older than ours is worth a note', async () => {
  install('@opentelemetry/api', '1.9.1')
  install('@opentelemetry/api', '1.10.0', '@tokenmeter/node')
  const noted = (await diagnosesOf()).filter(({ result }) => result !== 'ok')
  expect(noted.map(({ id, result }) => [id, result])).toEqual([['environment-api', 'note']])
})

test.each([
  ['NODE_OPTIONS', { NODE_OPTIONS: '--import @tokenmeter/node/register' }, {}],
  ['the command', {}, { start: 'node --import @tokenmeter/node/register --env-file .env dist/app.js' }],
  ['a file that is required', {}, { start: 'node -r ./src/first.cjs src/app.js' }],
  ['the first import', {}, { start: 'tsx watch src/app.js' }],
])('Tokenmeter is loaded in time by %s', async (_what, env, options) => {
  write('src/first.cjs', "require('@tokenmeter/node').register()\nrequire('openai')\n")
  const found = await diagnosesOf({ env: { ...ENV, ...env }, ...options })
  expect(found.find(({ id }) => id === 'environment-load-order')).toMatchObject({ result: 'ok' })
})

test('what a framework loads first cannot be told from its command', async () => {
  const found = await diagnosesOf({ start: 'next start' })
  expect(found.filter(({ result }) => result !== 'ok').map(({ result, line }) => [result, line])).toEqual([
    [
      'skipped',
      'what "next start" loads cannot be told: set NODE_OPTIONS="--import @tokenmeter/node/register" to be sure',
    ],
  ])
})

test('a Collector whose files are not named, and an application that says not how it starts, are skipped', async () => {
  write('package.json', '{}')
  const found = await diagnosesOf({ collectorConfig: [] })
  expect(found.filter(({ result }) => result !== 'ok').map(({ id, result }) => [id, result])).toEqual([
    ['environment-load-order', 'skipped'],
    ['collector-pipelines', 'skipped'],
  ])
})

test.each([
  ['otelcol.yaml', ['scrape.yaml', 'zipkin.yaml']],
  ['gateway.yaml', ['loadbalancing.yaml', 'auth.yaml']],
])('the pipelines of %s are in order, with each overlay, too', async (file, overlays) => {
  for (const overlay of ['', ...overlays.map((name) => `overlays/${name}`)]) {
    const collectorConfig = [file, ...(overlay === '' ? [] : [overlay])].map((name) => join(COLLECTOR, name))
    const found = await diagnosesOf({ collectorConfig })
    expect(found.find(({ id }) => id === 'collector-pipelines')).toMatchObject({ result: 'ok' })
  }
})

test.each([
  ['a price list of last month', '(time() - max by (service_name) (ai_price', 46.3, 'prices-age'],
  [
    'a process that has just begun',
    'count(last_over_time(ai_requests_total{service_instance_id',
    undefined,
    'application-delivery',
  ],
] as const)('%s is worth a note', async (_what, contains, value, id) => {
  standIns.samples.unshift([contains, value === undefined ? [] : [[{ service_name: 'desk' }, value]]])
  const noted = (await diagnosesOf()).filter(({ result }) => result !== 'ok')
  expect(noted.map((found) => [found.id, found.result])).toEqual([[id, 'note']])
})

test('panels are empty, and well, where their metrics are there and have nothing to show', async () => {
  standIns.empty.push('> 0)[1h:]', 'offset 1d', 'ALERTS', 'feature!=""')
  const found = (await diagnosesOf()).find(({ id }) => id === 'grafana-panels')
  expect(found).toMatchObject({
    result: 'ok',
    line: '100 of 111 queries of the boards have data, the others nothing to show',
  })
})

test('panels of what nobody uses are worth a note', async () => {
  standIns.empty.push('ai_budget_', 'gen_ai_client_inference_usage_', 'offset 1d')
  const noted = (await diagnosesOf()).filter(({ result }) => result !== 'ok')
  expect(noted.map(({ id, result, line }) => [id, result, line])).toEqual([
    [
      'grafana-panels',
      'note',
      '102 of 111 queries of the boards have data; nothing has reported what these show: Budgets, Input from the cache of the provider',
    ],
  ])
})

test('panels are not looked at before there was a call', async () => {
  standIns.empty.push('')
  expect((await diagnosesOf()).find(({ id }) => id === 'grafana-panels')).toMatchObject({
    result: 'skipped',
    line: 'no call was counted within an hour: prometheus-calls says what to do',
  })
})

test('where Grafana asks for nobody without a login, Prometheus is asked what panels ask', async () => {
  standIns.answers.grafana['/api/datasources/proxy/uid/prometheus/api/v1/query'] = { status: 401, body: {} }
  standIns.samples.push(['', [[{}, 1]]])
  expect((await diagnosesOf()).find(({ id }) => id === 'grafana-panels')).toMatchObject({ result: 'ok' })
})

test.each([401, 403])('boards that Grafana shows to nobody without a login (%d) cannot be told', async (status) => {
  standIns.answers.grafana['/api/dashboards/uid/tokenmeter-cost'] = { status, body: {} }
  const found = (await diagnosesOf()).filter(({ id }) => /^grafana-(?:boards|panels)$/.test(id))
  expect(found.map(({ result }) => result)).toEqual(['skipped', 'skipped'])
})

test('at the turn of a month it is another one in UTC, by which budgets count', async () => {
  const options = { now: new Date('2026-11-30T23:30:00Z'), timeZone: 'Europe/Berlin' }
  const noted = (await diagnosesOf(options)).filter(({ result }) => result !== 'ok')
  expect(noted.map(({ id, result, line }) => [id, result, line])).toEqual([
    ['clocks-month', 'note', 'it is December in Europe/Berlin and November in UTC, by which budgets and boards count'],
  ])
})

test.each([
  [0.00045, 'ok', '1 calls with a reported cost, as far as the list has them within 2% of it'],
  [0.0009, 'note', 'gpt-4o-mini: the provider reports 0.0009000 USD, by the price list it is 0.0004500 USD'],
])('what a provider reports, here %d USD, is held against the price list', async (usd, result, line) => {
  const attributes = [
    { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
    { key: 'gen_ai.provider.name', value: { stringValue: 'openai' } },
    { key: 'gen_ai.response.model', value: { stringValue: 'gpt-4o-mini' } },
    { key: 'gen_ai.usage.input_tokens', value: { intValue: '1000' } },
    { key: 'gen_ai.usage.output_tokens', value: { intValue: '500' } },
    { key: 'ai.cost', value: { doubleValue: usd } },
    { key: 'ai.price.source', value: { stringValue: 'provider' } },
  ]
  const body = { result: { resourceSpans: [{ scopeSpans: [{ spans: [{ attributes }] }] }] } }
  standIns.answers.jaeger['/api/v3/traces'] = { body }
  expect((await diagnosesOf()).find(({ id }) => id === 'prices-provider')).toMatchObject({ result, line })
})

test('messages that are recorded in production are worth a note', async () => {
  const env = { ...ENV, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'span_only' }
  const noted = (await diagnosesOf({ env, stage: 'production' })).filter(({ result }) => result !== 'ok')
  expect(noted.map(({ result, line }) => [result, line])).toEqual([
    ['note', 'messages of users are recorded in production, scrubbed'],
  ])
})

test('a Collector that is told by gRPC is not asked by HTTP', async () => {
  const env = { ...ENV, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4317' }
  const addresses = readAddresses({ ...standIns.urls, otlp: undefined }, env)
  const diagnoses = await diagnosesOf({ env, addresses })
  expect(diagnoses.filter(({ result }) => result !== 'ok').map(({ id, line }) => [id, line])).toEqual([
    ['collector-otlp', 'OTLP by gRPC is not tried: say with --otlp where the Collector takes HTTP, mostly port 4318'],
  ])
})

test('every problem comes with a cure', async () => {
  for (const name of Object.keys(standIns.urls) as (keyof typeof standIns.urls)[]) await standIns.stop(name)
  const problems = (await diagnosesOf()).filter(({ result }) => result === 'problem')
  expect(problems.map(({ id }) => id)).toHaveLength(7)
  for (const { cure } of problems) expect(cure).toMatch(/\w{3}/)
})
