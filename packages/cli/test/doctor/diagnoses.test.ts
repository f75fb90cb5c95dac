import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readAddresses } from '../../src/doctor/addresses.ts'
import { type ContextOptions, createContext } from '../../src/doctor/context.ts'
import { type Diagnosis, diagnose } from '../../src/doctor/diagnose.ts'
import { FAULTS } from './faults.ts'
import { type StandIns, startStandIns } from './stand-ins.ts'

let standIns: StandIns
let folder: string

beforeEach(async () => {
  standIns = await startStandIns()
  folder = mkdtempSync(join(tmpdir(), 'tokenmeter-doctor-'))
  install('openai', '7.57.0')
  install('@tokenmeter/node', '0.1.0')
  install('@opentelemetry/api', '1.10.0')
})
afterEach(async () => {
  await standIns[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

function install(name: string, version: string, inside?: string): void {
  const target = join(folder, 'node_modules', ...(inside ? [inside, 'node_modules'] : []), name)
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'package.json'), JSON.stringify({ name, version }))
}

const ENV = { OTEL_SERVICE_NAME: 'desk', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' }

async function diagnosesOf(options: Partial<ContextOptions> = {}, write = false): Promise<Diagnosis[]> {
  const context = createContext({
    addresses: readAddresses(standIns.urls, {}),
    env: ENV,
    folder,
    nodeVersion: '24.21.0',
    stage: undefined,
    runId: '0af7651916cd43dd8448eb211c80319c',
    timeoutMs: 30_000,
    patienceMs: 300,
    ...options,
  })
  const found: Diagnosis[] = []
  for await (const diagnosis of diagnose(context, { without: new Set(), write })) found.push(diagnosis)
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
  const lines = diagnoses.filter(({ id }) => /-(?:written|route)$/.test(id)).map(({ id, line }) => [id, line])
  expect(lines).toEqual([
    ['collector-written', 'a span and a metric were taken'],
    ['prometheus-written', 'the metric of the doctor arrived'],
    ['alertmanager-route', 'an alert of severity info goes to nobody'],
    ['jaeger-written', 'the span of the doctor arrived'],
  ])
})

describe('what is broken is what it says', () => {
  test.each(FAULTS.map((fault) => [fault.what, fault] as const))('%s', async (_what, fault) => {
    fault.breaks?.({ standIns, install })
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
