import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'
import { JaegerApi } from '../../../collector/stack/jaeger-api.ts'
import { loopback } from '../../../collector/stack/ports.ts'
import { PrometheusApi } from '../../../collector/stack/prometheus-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { APPLICATIONS } from '../../app/environment.ts'
import { startDeskCalls, startSteadyCalls, type SteadyCalls } from '../../app/run-application.ts'
import { startProvider } from '../../provider/provider.ts'
import { examineBoards } from './examine-boards.ts'
import { startTestStack, type TestStack } from './test-stack.ts'

const CLI = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url))
const OTELCOL = fileURLToPath(new URL('../../../collector/otelcol.yaml', import.meta.url))
/** As the application is started. */
const START = 'node --conditions=source --import @tokenmeter/node/register steady-calls.ts'
const SERVICE = 'e2e-doctor'
const OFTEN = (_file: string, configuration: string): string =>
  configuration.replaceAll('_interval: 15s', '_interval: 1s')

interface Check {
  readonly id: string
  readonly result: string
  readonly line: string
}

let started: AsyncDisposableStack
let stack: TestStack
let application: SteadyCalls

beforeAll(async () => {
  started = new AsyncDisposableStack()
  stack = started.use(await startTestStack({ editConfig: OFTEN }))
  const provider = started.use(await startProvider())
  application = started.use(
    await startSteadyCalls(
      { serviceName: SERVICE, openaiUrl: provider.url, otlpUrl: stack.otlpUrl },
      { TOKENMETER_PRICES: await writePricesOfToday(stack.folder) },
    ),
  )
  const prometheus = new PrometheusApi(stack.prometheusUrl)
  for (const series of ['ai:cost_usd:increase5m > 0', 'otelcol_exporter_queue_size']) {
    await waitFor(series, async () => (await prometheus.query(series))[0])
  }
  const jaeger = new JaegerApi(stack.jaegerUrl)
  await waitFor('the first spans', async () => (await jaeger.findSpans(SERVICE))[0])
})
afterAll(() => started?.disposeAsync())

/** The list that comes with a release grows old; whether it has is not for this test to say. */
async function writePricesOfToday(folder: string): Promise<string> {
  const file = join(folder, 'prices.json')
  const rates = { input: '0.15', cache_read: '0.075', output: '0.6' }
  const date = new Date().toISOString().slice(0, 10)
  const prices = [{ provider: 'openai', models: ['gpt-4o-mini'], from: '2024-07-18', rates }]
  await writeFile(file, JSON.stringify({ source: 'a test', date, prices }))
  return file
}

/** Runs the doctor on a stack and the application that sends to it. */
async function examine(
  examined: TestStack,
  metricsPort: number,
  args: readonly string[],
): Promise<{ code: number | null; checks: readonly Check[] }> {
  const addresses = {
    application: loopback(metricsPort),
    otlp: examined.otlpUrl,
    collector: loopback(examined.ports.collectorHealth),
    prometheus: examined.prometheusUrl,
    alertmanager: examined.alertmanagerUrl,
    jaeger: examined.jaegerUrl,
  }
  const flags = Object.entries(addresses).flatMap(([name, url]) => [`--${name}`, url])
  const child = spawn(
    process.execPath,
    [
      CLI,
      'doctor',
      '--json',
      '--without',
      'grafana',
      '--collector-config',
      OTELCOL,
      '--start',
      START,
      ...flags,
      ...args,
    ],
    {
      cwd: APPLICATIONS,
      env: { PATH: process.env['PATH'], OTEL_SERVICE_NAME: SERVICE, NODE_OPTIONS: '--conditions=source', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const exited = once(child, 'exit') as Promise<[number | null]>
  const output = await text(child.stdout)
  const [code] = await exited
  return { code, checks: (JSON.parse(output) as { readonly checks: readonly Check[] }).checks }
}

const doctor = async (...args: readonly string[]) => await examine(stack, application.metricsPort, args)

const problemsIn = ({ checks }: { readonly checks: readonly Check[] }): string[] =>
  checks.filter(({ result }) => result === 'problem').map(({ id }) => id)

const not = (result: string, { checks }: { readonly checks: readonly Check[] }): Check[] =>
  checks.filter((check) => check.result !== result)

test('a stack that works has no problem, and what is written arrives everywhere', async () => {
  const found = await doctor('--write')
  // How long a call takes longer is measured; on a machine that does much else at once that is no fact to hold anything against.
  const notes = not('ok', found).filter(({ id }) => id !== 'application-overhead')
  expect(notes.map(({ id, result, line }) => [id, result, line])).toEqual([
    // The default configuration of Alertmanager sends nothing anywhere.
    ['alertmanager-receivers', 'note', 'no receiver sends anything: alerts are on its page only'],
  ])
  expect(found.code).toBe(Number(problemsIn(found).length > 0))
  expect(found.checks.length).toBeGreaterThan(48)
})

test('before and after a deployment, all is well, too', async () => {
  expect(await doctor('--stage', 'pre')).toMatchObject({ code: 0 })
  expect(await doctor('--stage', 'post')).toMatchObject({ code: 0 })
})

test('panels of an application that does one thing only are no problem', async () => {
  expect(await examineBoards(stack.prometheusUrl)).toEqual([
    ['grafana-boards', 'ok', '5 boards, as they are in this release'],
    [
      'grafana-panels',
      'note',
      expect.stringMatching(
        /^\d+ of 111 queries of the boards have data; nothing has reported what these show: .*Budgets/,
      ),
    ],
  ])
})

test('in production, an Alertmanager that tells nobody is a problem, and a Jaeger that forgets', async () => {
  const found = await doctor('--stage', 'production')
  expect(problemsIn(found)).toEqual(['alertmanager-receivers', 'jaeger-storage'])
  expect(found.code).toBe(1)
})

test('a service that is scraped, too, is counted twice; a model without a price makes the cost too low', async () => {
  const targets = [{ targets: [`127.0.0.1:${application.metricsPort}`], labels: { job: SERVICE } }]
  await writeFile(join(stack.folder, 'prometheus/applications/loopback.yml'), JSON.stringify(targets))
  await using provider = await startProvider()
  const addresses = { serviceName: 'e2e-doctor-desk', openaiUrl: provider.url, otlpUrl: stack.otlpUrl }
  await using desk = await startDeskCalls(addresses, { TOKENMETER_PRICES: await writePricesOfToday(stack.folder) })
  const found = await waitFor('both in Prometheus', async () => {
    // The doctor sees the page of the other application here, and Prometheus has both. Its spans may still be on their way.
    const { checks } = await examine(stack, desk.metricsPort, ['--stage', 'post'])
    const problems = checks.filter(({ id, result }) => id.startsWith('prices-') && result === 'problem')
    return problems.length >= 2 ? problems.map(({ line }) => line) : undefined
  })
  expect(found).toEqual([
    expect.stringMatching(/^\d+ calls to in-house-model have no price: unknown_model$/),
    'e2e-doctor sends OTLP and is scraped: its calls and costs are counted twice',
  ])
})

test('without Jaeger and Alertmanager, they are what is wrong', async () => {
  await stack.servers.stopServer('jaeger')
  await stack.servers.stopServer('alertmanager')
  const found = await doctor('--stage', 'pre')
  expect(problemsIn(found)).toEqual(['alertmanager-ready', 'jaeger-ready'])
  expect(found.code).toBe(1)
  const after = await waitFor('Prometheus to notice', async () => {
    const { checks } = await doctor('--stage', 'post')
    const targets = checks.find(({ id }) => id === 'prometheus-targets')
    return targets?.result === 'problem' ? targets : undefined
  })
  expect(after.line).toMatch(/^(?:jaeger|alertmanager) at 127\.0\.0\.1:\d+ is down: .*connection refused/)
})

// What is written is waited for, three times, as long as it may take.
test('a Collector that hands over to nobody, and a Prometheus without rules and Alertmanager, are told by what is missing', async () => {
  const { nobody } = await findFreePorts(['nobody'])
  await using broken = await startTestStack({
    collectorEnv: { PROMETHEUS_URL: loopback(nobody), JAEGER_OTLP_URL: loopback(nobody) },
    editConfig: (file, configuration) =>
      OFTEN(file, configuration)
        .replace('rules/*.yml', 'no-rules/*.yml')
        .replace('alertmanagers/*.yml', 'nobody/*.yml'),
  })
  await using provider = await startProvider()
  await using desk = await startSteadyCalls({ serviceName: SERVICE, openaiUrl: provider.url, otlpUrl: broken.otlpUrl })
  const page = `${loopback(desk.metricsPort)}/metrics`
  await waitFor('the page of the application', async () => (await fetch(page)).ok || undefined)
  const prometheus = new PrometheusApi(broken.prometheusUrl)
  await waitFor('the Collector itself', async () => (await prometheus.query('otelcol_exporter_queue_size'))[0])
  const spans = 'increase({__name__=~"otelcol_receiver_accepted_spans(_total)?"}[15m]) >= 100'
  await waitFor('more spans than a sampling gateway may keep back', async () => (await prometheus.query(spans))[0])
  const found = await examine(broken, desk.metricsPort, ['--stage', 'post', '--write', '--timeout', '2'])
  expect(problemsIn(found)).toEqual([
    'application-shutdown',
    'collector-passed',
    'prometheus-rules',
    'prometheus-alertmanager',
    'prometheus-calls',
    'prometheus-written',
    'jaeger-written',
  ])
}, 180_000)
