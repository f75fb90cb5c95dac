import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'
import { PrometheusApi } from '../../../collector/stack/prometheus-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { runApplication, startSteadyCalls } from '../../app/run-application.ts'
import { startProvider } from '../../provider/provider.ts'
import { expectedCost, expectedTokens, seriesKey } from './expected-samples.ts'
import { startTestStack, type TestStack } from './test-stack.ts'

const SERVICE = 'e2e-scrape'
const LOGICAL_CALLS = 13
const RESOURCE_LABELS = new Set(['instance', 'job', 'service_instance_id', 'service_name'])
const OFTEN = (_file: string, text: string): string => text.replaceAll('_interval: 15s', '_interval: 1s')

let stack: TestStack

afterEach(() => stack[Symbol.asyncDispose]())

/** Tells Prometheus what to scrape; it looks at its files again when they change. */
async function scrape(folder: 'applications' | 'collected', port: number, job: string): Promise<void> {
  const targets = [{ targets: [`127.0.0.1:${port}`], labels: { job } }]
  await writeFile(join(stack.folder, 'prometheus', folder, 'loopback.yml'), JSON.stringify(targets))
}

async function valuesOf(metric: string): Promise<Record<string, number>> {
  const samples = await new PrometheusApi(stack.prometheusUrl).query(`${metric}{service_name="${SERVICE}", model!=""}`)
  return Object.fromEntries(
    samples.map(({ labels, value }) => [
      seriesKey(Object.fromEntries(Object.entries(labels).filter(([label]) => !RESOURCE_LABELS.has(label)))),
      value,
    ]),
  )
}

test('scraped from the Collector, the numbers are the ones the provider served', async () => {
  const { scraped } = await findFreePorts(['scraped'])
  stack = await startTestStack({
    collectorConfigs: ['otelcol.yaml', 'overlays/scrape.yaml'],
    collectorEnv: { OTELCOL_SCRAPE_PORT: String(scraped) },
    editConfig: OFTEN,
  })
  await scrape('collected', scraped, 'collected')
  await using provider = await startProvider()
  await runApplication({ serviceName: SERVICE, openaiUrl: provider.url, otlpUrl: stack.otlpUrl })

  const prometheus = new PrometheusApi(stack.prometheusUrl)
  await waitFor('all calls in Prometheus', async () => {
    const [total] = await prometheus.query(`sum(ai_requests_total{service_name="${SERVICE}"})`)
    return total?.value === LOGICAL_CALLS ? true : undefined
  })
  expect(await valuesOf('ai_tokens_total')).toEqual(expectedTokens(provider.served))
  expect(await valuesOf('ai_cost_total')).toEqual(expectedCost(provider.served))
})

test('scraped from the application, its calls have the names that rules use', async () => {
  stack = await startTestStack({ editConfig: OFTEN })
  await using provider = await startProvider()
  // Nobody takes OTLP there.
  const { nobody } = await findFreePorts(['nobody'])
  await using application = await startSteadyCalls({
    serviceName: 'told by nobody',
    openaiUrl: provider.url,
    otlpUrl: `http://127.0.0.1:${nobody}`,
  })
  await scrape('applications', application.metricsPort, SERVICE)

  const prometheus = new PrometheusApi(stack.prometheusUrl)
  const [recorded] = await waitFor('recorded calls', async () => {
    const found = await prometheus.query(`ai:requests:increase5m{service_name="${SERVICE}", status="rate_limit"} > 0`)
    return found.length > 0 ? found : undefined
  })
  expect(recorded?.labels).toEqual({
    service_name: SERVICE,
    model: 'gpt-4.1-nano',
    operation: 'chat_completion',
    provider: 'openai',
    status: 'rate_limit',
  })
})
