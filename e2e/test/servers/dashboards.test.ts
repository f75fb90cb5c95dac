import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BOARDS } from '../../../collector/grafana/files.ts'
import { type PlacedQuery, queriesOf, withoutVariables } from '../../../collector/grafana/panels.ts'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'
import { JaegerApi } from '../../../collector/stack/jaeger-api.ts'
import { PrometheusApi, type Sample } from '../../../collector/stack/prometheus-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { startDeskCalls } from '../../app/run-application.ts'
import { EXHAUSTED_MODEL, type Provider, type Served, startProvider } from '../../provider/provider.ts'
import { examineBoards } from './examine-boards.ts'
import { billOf, expectedTokens } from './expected-samples.ts'
import { startTestStack, type TestStack } from './test-stack.ts'

const SERVICE = 'e2e-desk'
const QUERIES = BOARDS.flatMap(queriesOf)
const RANGE = '1h'
const LIMIT_USD = '8'

/** Short intervals; and windows of objectives end at any second instead of every fifth minute, which a test cannot wait for. */
const OFTEN = (file: string, text: string): string => {
  const often = text.replaceAll('_interval: 15s', '_interval: 1s')
  return file.endsWith('slo.yml') ? often.replaceAll(':5m]', ':1s]') : often
}

/** Panels that are empty when all is well, or need more than a new application has. */
function mayBeEmpty({ expr, panel }: PlacedQuery): boolean {
  return expr.includes('offset 1d') || panel === 'Alerts that fire'
}

/** A stack, and the desk that has worked for it and ended. */
interface Scene extends AsyncDisposable {
  readonly stack: TestStack
  readonly provider: Provider
  readonly prometheus: PrometheusApi
}

async function playScene(path: 'OTLP' | 'scrape'): Promise<Scene> {
  await using started = new AsyncDisposableStack()
  const { scraped } = await findFreePorts(['scraped'])
  const stack = started.use(
    await startTestStack({
      editConfig: OFTEN,
      collectorEnv: { OTELCOL_FLUSH_INTERVAL: '1s', OTELCOL_SCRAPE_PORT: String(scraped) },
      ...(path === 'scrape' && { collectorConfigs: ['otelcol.yaml', 'overlays/scrape.yaml'] }),
    }),
  )
  if (path === 'scrape') {
    const targets = [{ targets: [`127.0.0.1:${scraped}`], labels: { job: 'collected' } }]
    await writeFile(join(stack.folder, 'prometheus/collected/loopback.yml'), JSON.stringify(targets))
  }
  const provider = started.use(await startProvider())
  const prometheus = new PrometheusApi(stack.prometheusUrl)
  await work(stack, provider, prometheus)
  const running = started.move()
  return { stack, provider, prometheus, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Has the desk work until its durations are recorded, and waits until its last call has arrived. */
async function work(stack: TestStack, provider: Provider, prometheus: PrometheusApi): Promise<void> {
  {
    const addresses = { serviceName: SERVICE, openaiUrl: provider.url, otlpUrl: stack.otlpUrl }
    const budgets = join(stack.folder, 'budgets.json')
    await writeFile(
      budgets,
      JSON.stringify({ store: 'memory', budgets: [{ name: 'desk', limitUsd: LIMIT_USD, period: 'month' }] }),
    )
    await using desk = await startDeskCalls(addresses, { TOKENMETER_BUDGETS: budgets })
    await waitFor('its page', async () => (await fetch(`http://127.0.0.1:${desk.metricsPort}/metrics`)).ok || undefined)
    for (const recorded of ['ai:latency_seconds:p95_5m', 'ai:ttft_seconds:p95_5m', 'ai:slo_failures:ratio6h']) {
      await waitFor(recorded, async () => (await prometheus.query(`${recorded} >= 0`))[0])
    }
    const spans = 'rate(traces_span_metrics_duration_seconds_count{gen_ai_request_model="gpt-4o"}[5m]) > 0'
    await waitFor('rates of spans', async () => (await prometheus.query(spans))[0])
  }
  await waitFor('the last call in Prometheus', async () => {
    const [calls] = await prometheus.query(`sum(ai_requests_total{service_name="${SERVICE}"})`)
    return calls?.value === logicalCalls(provider.served) ? calls : undefined
  })
}

/** A refusal that was retried is none; the model whose quota is used up is never retried. */
function logicalCalls(served: readonly Served[]): number {
  return served.filter(({ status, model }) => status === 200 || model === EXHAUSTED_MODEL).length
}

const ofAda = ({ model }: Served): boolean => ['gpt-4o-mini', 'text-embedding-3-small', 'gpt-4.1-mini'].includes(model)
const ofGrace = ({ model }: Served): boolean => model === 'gpt-4o'
/** Prometheus adds doubles: it is off by less than a pico-dollar. */
const near = (amount: number): unknown => expect.closeTo(amount, 12)

describe.each(['OTLP', 'scrape'] as const)('by %s', (path) => {
  let scene: Scene

  beforeAll(async () => {
    scene = await playScene(path)
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  async function valuesOf(panel: string, label?: string): Promise<Record<string, number>> {
    const query = QUERIES.find((placed) => placed.panel === panel)
    const samples = await ask(scene.prometheus, query?.expr ?? '')
    return Object.fromEntries(samples.map(({ labels, value }) => [labels[label ?? ''] ?? '', value]))
  }

  const usd = (belongs: (answer: Served) => boolean): number =>
    scene.provider.served.filter(belongs).reduce((sum, answer) => sum + (billOf(answer) ?? 0), 0) / 1e12

  test('every panel has data, and no number is not one', async () => {
    const found = await Promise.all(
      QUERIES.map(async (query) => [query, await ask(scene.prometheus, query.expr)] as const),
    )
    const empty = found.filter(
      ([query, samples]) => !mayBeEmpty(query) && samples.every(({ value }) => Number.isNaN(value)),
    )
    expect(empty.map(([{ board, panel, expr }]) => [board, panel, expr])).toEqual([])
  })

  test('the cost is the bill of the provider, and so is the cost of each user and each feature', async () => {
    expect(await valuesOf('Cost')).toEqual({ '': near(usd(() => true)) })
    expect(await valuesOf('Users by cost', 'user')).toEqual({ ada: near(usd(ofAda)), grace: near(usd(ofGrace)) })
    expect(await valuesOf('Features by cost', 'feature')).toEqual({
      search: near(usd(ofAda)),
      summary: near(usd(ofGrace)),
    })
    expect(await valuesOf('Budgets', 'budget')).toEqual({ desk: near(usd(() => true) / Number(LIMIT_USD)) })
    expect(await valuesOf('Tenants by cost', 'tenant')).toEqual({ acme: near(usd(ofAda)), initech: near(usd(ofGrace)) })
  })

  test('tokens, calls, kinds of calls, errors and refusals are those that the provider served', async () => {
    const { served } = scene.provider
    const answers = served.filter(({ status }) => status === 200)
    const count = (belongs: (answer: Served) => boolean): number => served.filter(belongs).length
    const tokens = Object.entries(expectedTokens(served))
    const ofType = (type: string): number =>
      tokens.reduce((sum, [key, value]) => sum + (key.includes(`token_type=${type}`) ? value : 0), 0)
    const refused = count(({ model }) => model === EXHAUSTED_MODEL)
    expect(await valuesOf('Tokens', 'token_type')).toEqual({
      prompt: ofType('prompt'),
      completion: ofType('completion'),
    })
    expect(await valuesOf('Request types', 'operation')).toEqual({
      chat_completion: logicalCalls(served) - count(({ operation }) => operation === 'embedding'),
      embedding: count(({ operation }) => operation === 'embedding'),
    })
    expect(await valuesOf('Calls by status', 'status')).toEqual({ success: answers.length, rate_limit: refused })
    expect(await valuesOf('Errors', 'error_type')).toEqual({ insufficient_quota: refused })
    expect(await valuesOf('Answers with 429', 'reason')).toEqual({ quota: refused, requests: 1 })
    expect(await valuesOf('Retries', 'reason')).toEqual({ rate_limit: 1 })
    expect(await valuesOf('Calls without a price', 'reason')).toEqual({
      unknown_model: count(({ model }) => model === 'in-house-model'),
      no_usage: count(({ model }) => model === 'gpt-3.5-turbo'),
    })
  })

  test('availability is the share of calls that were answered, and the Collector is seen to work', async () => {
    const [availability] = Object.values(await valuesOf('Availability'))
    // A seventh of the calls is refused; how many of the last round are in, a recorded window does not say.
    expect(availability).toBeGreaterThan(0.8)
    expect(availability).toBeLessThan(0.9)
    expect((await valuesOf('Taken in'))['']).toBeGreaterThan(0)
    expect((await valuesOf('Handed over'))['']).toBeGreaterThan(0)
  })

  test('the doctor finds the boards as they are, and no panel that is empty for want of a metric', async () => {
    expect(await examineBoards(scene.stack.prometheusUrl)).toEqual([
      ['grafana-boards', 'ok', '5 boards, as they are in this release'],
      [
        'grafana-panels',
        'ok',
        expect.stringMatching(/^1\d\d of 111 queries of the boards have data, the others nothing to show$/),
      ],
    ])
  })

  test('a single call on a diagram is a trace that Jaeger has', async () => {
    const expressions = QUERIES.filter(({ exemplar }) => exemplar).map(({ expr }) => withoutVariables(expr, RANGE))
    expect(expressions).toHaveLength(2)
    const jaeger = new JaegerApi(scene.stack.jaegerUrl)
    for (const expression of expressions) {
      const exemplars = await scene.prometheus.exemplars(expression)
      expect(exemplars.length).toBeGreaterThan(0)
      for (const { labels } of exemplars) {
        const spans = await jaeger.findTrace(labels['trace_id'] ?? '')
        expect(spans.map(({ resource }) => resource['service.name'])).toContain(SERVICE)
      }
    }
  })
})

async function ask(prometheus: PrometheusApi, expression: string): Promise<Sample[]> {
  return await prometheus.query(withoutVariables(expression, RANGE))
}
