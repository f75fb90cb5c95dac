import { callTable, count, totals } from './call-table.ts'
import type { CallSpan } from './call-span.ts'
import { highlights, type Sample } from './metrics-page.ts'
import { paint } from './paint.ts'
import { agrees, type Check } from './reconcile.ts'
import { layOut } from './table.ts'

/** One heading and the lines under it. */
export function section(heading: string, lines: readonly string[]): string {
  return ['', paint('bold', heading), ...lines.map((line) => line && `  ${line}`)].join('\n')
}

/** Addresses of everything that runs. */
export interface Addresses {
  readonly providerUrl?: string | undefined
  readonly receiverUrl: string
  readonly deskUrl: string
  readonly metricsUrl: string
  readonly pageUrl: string
}

/** What has been started, and where. */
export function announcement({ providerUrl, receiverUrl, deskUrl, metricsUrl, pageUrl }: Addresses): string {
  const provider = providerUrl
    ? `${providerUrl}   a mock: no key, no bill, nothing leaves this machine`
    : 'the real one, with OPENAI_API_KEY'
  return section('Tokenmeter demo', [
    `provider      ${provider}`,
    `support desk  ${deskUrl}   node --import @tokenmeter/node/register support-desk`,
    `metrics       ${metricsUrl}`,
    `viewer        ${pageUrl}   every call, as a page`,
    `OTLP          ${receiverUrl}   spans arrive here, as they would at a Collector`,
  ])
}

/** What the live line says. */
export function progress(calls: readonly CallSpan[], visits: number, of: number): string {
  const { tokens, costUsd } = totals(calls)
  const facts = [
    `${visits} of ${of} customers`,
    `${calls.length} calls`,
    `${count(tokens)} tokens`,
    `$${costUsd.toFixed(4)}`,
  ]
  return `  ${facts.join('  ·  ')}`
}

/** What there is to see after the demo. */
export function nextSteps(): string {
  return section('Where to look next', [
    'examples/support-desk   the service that was measured, without one line about telemetry',
    'README.md               one import for your own service: ESM, CommonJS, TypeScript',
    'docker-compose.yml      Collector, Prometheus, Jaeger and Grafana on this machine',
    'pnpm demo --keep        leaves the page, the support desk and /metrics up, to play with',
  ])
}

/** What to try while everything is still up. */
export function invitation(deskUrl: string, metricsUrl: string, pageUrl: string): string {
  return section('Still running, until Ctrl-C', [
    `open ${pageUrl}`,
    `curl ${metricsUrl}`,
    `curl ${deskUrl}/answer -d '{"text": "Where is my parcel?"}'`,
    `curl -N ${deskUrl}/answer/live -d '{"text": "Where is my parcel?"}'`,
  ])
}

/** The table of calls. */
export function callSection(calls: readonly CallSpan[]): string {
  return section('Calls, as the spans tell them', callTable(calls))
}

/** The lines of `/metrics` that tell the story. */
export function metricsSection(url: string, samples: readonly Sample[]): string {
  const lines = highlights(samples)
  const ours = samples.filter(({ name }) => name.startsWith('ai_')).length
  return section(`From ${url}`, [...lines, paint('dim', `and ${ours - lines.length} more ai_ samples`)])
}

/** Every total on both sides; the ones that differ say by how much. */
export function checkSection(checks: readonly Check[]): string {
  const rows = checks.map((check) => [
    check.name,
    amount(check, check.served),
    amount(check, check.recorded),
    agrees(check)
      ? paint('green', 'equal')
      : paint('red', `differs by ${amount(check, check.recorded - check.served)}`),
  ])
  const lines = layOut(
    [
      { heading: 'total', align: 'left' },
      { heading: 'served', align: 'right' },
      { heading: 'recorded', align: 'right' },
      { heading: '', align: 'left' },
    ],
    rows,
  )
  const wrong = checks.filter((check) => !agrees(check)).length
  const verdict =
    wrong === 0
      ? paint('green', `All ${checks.length} totals are equal.`)
      : paint('red', `${wrong} of ${checks.length} totals differ.`)
  return section('What the mock served, and what Tokenmeter recorded', [...lines, '', verdict])
}

function amount({ name }: Check, value: number): string {
  return name.startsWith('cost') ? value.toFixed(12).replace(/0{1,6}$/, '') : count(value)
}
