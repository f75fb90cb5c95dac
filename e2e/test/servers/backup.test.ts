import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { JaegerApi } from '../../../collector/stack/jaeger-api.ts'
import { PrometheusApi } from '../../../collector/stack/prometheus-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { sendSpans, span } from './send-spans.ts'
import { startTestStack } from './test-stack.ts'

const SERVICE = 'e2e-backup'
const SPANS = 20
const BACKUP = fileURLToPath(new URL('../../../collector/backup.sh', import.meta.url))
const STORES = ['prometheus', 'alertmanager', 'jaeger'] as const

test('what backup.sh has saved can be put back after everything is lost', async () => {
  await using stack = await startTestStack({
    jaegerConfigs: ['jaeger.yaml', 'badger.yaml'],
    collectorEnv: { OTELCOL_FLUSH_INTERVAL: '1s' },
  })
  const { servers, folder } = stack
  const archive = join(folder, 'backup.tgz')
  const prometheus = new PrometheusApi(stack.prometheusUrl)
  const jaeger = new JaegerApi(stack.jaegerUrl)
  const counted = async (): Promise<number | undefined> =>
    (await prometheus.query(`max_over_time(traces_span_metrics_calls_total{service_name="${SERVICE}"}[1h])`))[0]?.value

  const sent = Array.from({ length: SPANS }, () => span('chat'))
  await sendSpans(stack.otlpUrl, SERVICE, sent)
  await waitFor('the spans in Prometheus', async () => ((await counted()) === SPANS ? true : undefined))
  await waitFor('the spans in Jaeger', async () =>
    (await jaeger.findSpans(SERVICE)).length === SPANS ? true : undefined,
  )

  // Before anything is sent again: the Collector still has the counts.
  await servers.stopServer('otelcol')
  for (const name of STORES) await servers.stopServer(name)
  await promisify(execFile)('sh', [BACKUP, 'save', folder, archive])
  for (const data of ['prometheus-data', 'alertmanager-data', 'jaeger-badger']) {
    await rm(join(folder, data), { recursive: true })
  }
  await promisify(execFile)('sh', [BACKUP, 'restore', folder, archive])
  for (const name of STORES) await servers.startServer(name)

  expect(await counted()).toBe(SPANS)
  const found = await jaeger.findSpans(SERVICE)
  expect(found.map(({ traceId }) => traceId).toSorted()).toEqual(sent.map(({ traceId }) => traceId).toSorted())
})
