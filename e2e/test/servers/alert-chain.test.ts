import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { startSteadyCalls } from '../../app/run-application.ts'
import { startProvider } from '../../provider/provider.ts'
import { type AlertReceivers, type Delivery, startAlertReceivers } from './alert-receivers.ts'
import { startTestStack, type TestStack } from './test-stack.ts'

const SERVICE = 'e2e-alerts'
const RUNBOOK = 'https://github.com/tokenmeter/tokenmeter/blob/main/docs/operations.md'

/** Minutes become seconds; the rest of every file is as it is deployed. */
const SHORTER: readonly (readonly [RegExp, string])[] = [
  [/_interval: 15s/g, '_interval: 1s'],
  [/(\[|offset )5m/g, '$110s'],
  [/offset 15m/g, 'offset 1s'],
  [/\b(for|keep_firing_for): \d+m/g, '$1: 1s'],
  [/group_wait: \d+s/g, 'group_wait: 1s'],
  [/group_interval: 5m/g, 'group_interval: 1s'],
]
/** HighAICost: the calls of this test cost next to nothing. */
const CHEAP = [/(threshold_cost_usd_per_minute\n\s+expr: vector\()10/, '$10.00001'] as const

let receivers: AlertReceivers
let stack: TestStack
const started = new AsyncDisposableStack()

beforeAll(async () => {
  receivers = started.use(await startAlertReceivers())
  stack = started.use(
    await startTestStack({
      alertmanagerConfig: 'notify.yml',
      editConfig: (_file, text) =>
        [...SHORTER, CHEAP]
          .reduce((edited, [pattern, replacement]) => edited.replace(pattern, replacement), text)
          .replace('smtp.example.com:587', `${receivers.smtpAddress}\n  smtp_require_tls: false`),
    }),
  )
  const secrets = join(stack.folder, 'alertmanager/secrets')
  await mkdir(secrets)
  await writeFile(join(secrets, 'page-webhook'), `${receivers.httpUrl}/pager`)
  await writeFile(join(secrets, 'slack-url'), `${receivers.httpUrl}/slack`)
  await writeFile(join(secrets, 'smtp-password'), 'a password')
  const provider = started.use(await startProvider())
  await using calls = new AsyncDisposableStack()
  calls.use(await startSteadyCalls({ serviceName: SERVICE, openaiUrl: provider.url, otlpUrl: stack.otlpUrl }))
  await delivered('/pager', /"status":"firing"/)
  await delivered('/slack', /AiQuotaExhausted|paid quota/)
  await delivered('finops@example.com', /Subject: \[FIRING\]/)
  await waitFor('warnings that a page makes superfluous', async () =>
    (await alertsIn('suppressed')).length >= 2 ? true : undefined,
  )
  suppressed = await alertsIn('suppressed')
})

let suppressed: readonly string[]

afterAll(() => started.disposeAsync())

async function delivered(to: string, pattern: RegExp): Promise<Delivery> {
  return await waitFor(`a message to ${to}`, () =>
    receivers.deliveries.find((delivery) => delivery.to === to && pattern.test(delivery.body)),
  )
}

async function alertsIn(state: string): Promise<string[]> {
  const response = await fetch(`${stack.alertmanagerUrl}/api/v2/alerts`)
  const alerts = (await response.json()) as {
    readonly labels: Readonly<Record<string, string>>
    readonly status: { readonly state: string }
  }[]
  return alerts
    .filter(({ status }) => status.state === state)
    .map(({ labels }) => labels['alertname'] ?? '')
    .toSorted()
}

test('an application that runs out of its quota has somebody paged, with a link to what to do', async () => {
  const { body } = await delivered('/pager', /"status":"firing"/)
  const { alerts } = JSON.parse(body) as {
    readonly alerts: readonly { readonly labels: object; readonly annotations: object }[]
  }
  expect(alerts).toMatchObject([
    {
      labels: { alertname: 'AiQuotaExhausted', service_name: SERVICE, model: 'gpt-4.1-nano', severity: 'page' },
      annotations: { runbook_url: `${RUNBOOK}#aiquotaexhausted` },
    },
  ])
})

test('the team reads the same in Slack', async () => {
  const { body } = await delivered('/slack', /paid quota/)
  expect(body).toContain(`The paid quota of the account is used up: ${SERVICE} gets no answers from gpt-4.1-nano`)
  expect(body).toContain(`${RUNBOOK}#aiquotaexhausted`)
})

test('what the calls cost is a letter to those who pay', async () => {
  const { body } = await delivered('finops@example.com', /Subject/)
  expect(body).toContain(`[FIRING] AI calls of ${SERVICE} are expensive`)
  expect(body).toContain(`${RUNBOOK}#highaicost`)
})

test('warnings about what somebody has been paged for are held back', () => {
  expect(suppressed).toEqual(['HighErrorRate', 'RateLimitHit'])
})

test('when the calls have ended, the page is called off', async () => {
  const { body } = await delivered('/pager', /"status":"resolved"/)
  expect(body).toContain('AiQuotaExhausted')
})
