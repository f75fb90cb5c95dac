import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startViewer, type Viewer } from '@tokenmeter/viewer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildServer } from '../../../collector/servers/build.ts'
import { findRecipe } from '../../../collector/servers/recipe.ts'
import { runApplication } from '../../app/run-application.ts'
import { type Provider, startProvider } from '../../provider/provider.ts'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'
import { startServer } from '../../../collector/stack/server-process.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'

/** A real Collector in front of the viewer: what it makes of OTLP, packed by gzip as it does by default, is shown. */
const config = (otlp: number, health: number, viewerUrl: string): object => ({
  extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
  receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlp}` } } } },
  exporters: { otlp_http: { endpoint: viewerUrl } },
  service: {
    extensions: ['health_check'],
    telemetry: { metrics: { level: 'none' } },
    pipelines: Object.fromEntries(
      ['traces', 'metrics', 'logs'].map((signal) => [signal, { receivers: ['otlp'], exporters: ['otlp_http'] }]),
    ),
  },
})

const LOGICAL_CALLS = 13

let running: AsyncDisposableStack
let viewer: Viewer
let provider: Provider

beforeAll(async () => {
  await using started = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-viewer-'))
  started.defer(() => rmSync(folder, { recursive: true }))
  viewer = started.use(await startViewer({ port: 0 }))
  provider = started.use(await startProvider())
  const ports = await findFreePorts(['otlp', 'health'])
  const file = join(folder, 'otelcol.yaml')
  // YAML knows JSON.
  writeFileSync(file, JSON.stringify(config(ports.otlp, ports.health, viewer.url)))
  const collector = await startServer({
    name: 'otelcol',
    binary: join(await buildServer(findRecipe('otelcol')), 'otelcol'),
    args: [`--config=${file}`],
    logFile: join(folder, 'otelcol.log'),
    readyUrl: `http://127.0.0.1:${ports.health}`,
  })
  started.use(collector)
  const otlpUrl = `http://127.0.0.1:${ports.otlp}`
  await runApplication({ serviceName: 'e2e-viewer', openaiUrl: provider.url, otlpUrl })
  running = started.move()
})

afterAll(() => running.disposeAsync())

async function ask<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(`${viewer.url}${path}`)).json()) as Answer
}

const servedTokens = (count: 'input' | 'output'): number =>
  provider.served.reduce((total, { usage }) => total + (usage?.[count] ?? 0), 0)

test('calls arrive through a Collector, with the tokens that were served', async () => {
  const totals = await waitFor('all calls at the viewer', async () => {
    const found = await ask<{ calls: number; inputTokens: number; outputTokens: number }>('/api/totals')
    return found.calls >= LOGICAL_CALLS ? found : undefined
  })
  expect(totals).toMatchObject({
    calls: LOGICAL_CALLS,
    inputTokens: servedTokens('input'),
    outputTokens: servedTokens('output'),
  })
  const { calls } = await ask<{ calls: readonly { cost: string | null }[] }>('/api/calls?filter=model:gpt-4.1')
  // As in traces.test.ts: 445 fresh and 256 cached input tokens, 103 output tokens at 2, 0.5 and 8 USD a million.
  expect(calls.map(({ cost }) => cost)).toEqual(['0.001842'])
})

test('metrics arrive through a Collector, and can be charted', async () => {
  const names = await waitFor('the metrics at the viewer', async () => {
    const { metrics } = await ask<{ metrics: readonly { name: string }[] }>('/api/metrics')
    return metrics.some(({ name }) => name === 'ai.tokens') ? metrics.map(({ name }) => name) : undefined
  })
  expect(names).toContain('gen_ai.client.operation.duration')
  const { series } = await ask<{ series: readonly { points: readonly { value: number }[] }[] }>(
    '/api/metrics/ai.tokens',
  )
  const total = series.reduce((sum, { points }) => sum + (points.at(-1)?.value ?? 0), 0)
  expect(total).toBe(servedTokens('input') + servedTokens('output'))
})
