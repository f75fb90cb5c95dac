import { type Check, type CheckGroup, note, ok, problem, skipped } from './check.ts'
import { parseJson } from './prometheus-api.ts'
import { reach } from './reach.ts'
import { waitFor } from './wait.ts'

const ALERT = 'TokenmeterDoctor'
const MINUTE_MS = 60_000

interface Status {
  readonly versionInfo: { readonly version: string }
  readonly config: { readonly original: string }
}

const ready: Check = {
  id: 'alertmanager-ready',
  stages: ['pre', 'post', 'production'],
  looksAt: 'whether Alertmanager answers',
  complains: 'it does not',
  run: async ({ http, addresses }) =>
    await reach(
      http,
      `${addresses.alertmanager}/-/ready`,
      'Start it: docker compose up, or pnpm stack; or say where it is with --alertmanager',
      ({ url, status }) => (status === 200 ? ok('ready') : problem(`${url} answers ${status}`, 'Read its log')),
    ),
}

const receivers: Check = {
  id: 'alertmanager-receivers',
  stages: ['pre', 'production'],
  looksAt: 'whether a receiver sends anything anywhere',
  complains: 'none does; before production, that is a note',
  run: async ({ http, addresses, stage }) => {
    const status = parseJson((await http.ask(`${addresses.alertmanager}/api/v2/status`)).text) as Status | undefined
    if (!status?.config) return skipped('its configuration cannot be read')
    const kinds = [...status.config.original.matchAll(/^\s*-?\s*(\w+)_configs:/gm)].map(([, kind]) => kind)
    if (kinds.length > 0) return ok(`it sends by ${[...new Set(kinds)].join(', ')}`)
    const cure = 'Start it with notify.yml: see "Adding notifiers" in docs/operations.md'
    return stage === 'production'
      ? problem('no receiver sends anything: nobody hears of an alert', cure)
      : note('no receiver sends anything: alerts are on its page only', cure)
  },
}

const delivery: Check = {
  id: 'alertmanager-delivery',
  stages: ['post', 'production'],
  looksAt: 'messages that could not be delivered within an hour',
  complains: 'there are some',
  run: async ({ prometheus }) => {
    const lost = await prometheus.query(
      'sum by (integration, reason) (increase(alertmanager_notifications_failed_total[1h])) > 0',
    )
    const [first] = lost
    return first
      ? problem(
          `messages by ${first.labels['integration']} are lost${first.labels['reason'] ? `: ${first.labels['reason']}` : ''}`,
          'Its log names the receiver; wrong files in collector/alertmanager/secrets/ are the usual reason',
        )
      : ok('no message was lost within an hour')
  },
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly receivers: readonly { readonly name: string }[]
}

const route: Check = {
  id: 'alertmanager-route',
  stages: ['post'],
  looksAt: 'whether an alert of the doctor, of severity `info`, which ends within a minute, is taken and routed',
  complains: 'it is not',
  writes: true,
  run: async ({ http, addresses, runId, patienceMs }) => {
    const url = `${addresses.alertmanager}/api/v2/alerts`
    const labels = { alertname: ALERT, severity: 'info', run: runId.slice(0, 8) }
    const endsAt = new Date(Date.now() + MINUTE_MS).toISOString()
    const annotations = { summary: 'A test of tokenmeter doctor. It ends by itself.' }
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify([{ labels, annotations, endsAt }])
    const { status } = await http.ask(url, { method: 'POST', headers, body })
    if (status !== 200) return problem(`it answers an alert with ${status}`, 'Read its log')
    const alert = await waitFor(patienceMs, async () => {
      const { text } = await http.ask(`${url}?filter=${encodeURIComponent(`run="${labels.run}"`)}`)
      return (parseJson(text) as readonly Alert[] | undefined)?.at(0)
    })
    return alert
      ? ok(`an alert of severity info goes to ${alert.receivers.map(({ name }) => name).join(', ')}`)
      : problem('it took an alert and does not show it', 'Read its log')
  },
}

/** Alertmanager, by its API and by what Prometheus knows of it. */
export const alertmanager: CheckGroup = { name: 'alertmanager', checks: [ready, receivers, delivery, route] }
