import { INSTRUMENTS } from '@tokenmeter/meter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runShare, type Share } from '../../app/run-share.ts'
import { type Provider, type Served, startProvider } from '../../provider/provider.ts'
import { type History, PrometheusApi, type Sample } from '../../../collector/stack/prometheus-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { billOf, expectedTokens } from './expected-samples.ts'
import { startTestStack } from './test-stack.ts'

/**
 * Several processes and threads of one service, against one provider whose ledger is the bill.
 *
 * Why the totals are exact: each process and each thread has series of its own, told apart by `service.instance.id`, that begin at 0 with it and only grow. A counter says all
 * that its process has counted so far and not what is new, so that an export which is lost or sent twice changes nothing, and the last one, which every process
 * delivers before it is gone, has everything. So the last values of all series, added up, are the bill. A cost is summed in whole pico-USD and becomes a double once;
 * the double gives back the very same whole number as long as it is below 2⁵³, 9,007 USD a series.
 */
let started: AsyncDisposableStack
let prometheus: PrometheusApi
let provider: Provider
let otlpUrl: string

beforeAll(async () => {
  started = new AsyncDisposableStack()
  const stack = started.use(await startTestStack())
  prometheus = new PrometheusApi(stack.prometheusUrl)
  otlpUrl = stack.otlpUrl
})
afterAll(() => started.disposeAsync())

/** Runs shares of the work of a service, each group at the same time, one group after the other; what they say on stderr is returned. */
async function work(serviceName: string, ...groups: readonly (readonly Share[])[]): Promise<string[]> {
  const said: string[] = []
  for (const group of groups) {
    const addresses = { serviceName, openaiUrl: provider.url, otlpUrl }
    said.push(...(await Promise.all(group.map((share) => runShare(addresses, share)))))
  }
  return said
}

const picoUsd = ({ value }: Pick<Sample, 'value'>): bigint => BigInt(Math.round(value * 1e12))
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
const bill = (served: readonly Served[]): bigint => sum(served.map((answer) => BigInt(billOf(answer) ?? 0)))

/** The last value of each series, once all calls have arrived. */
async function lastValues(serviceName: string, metric: string): Promise<Sample[]> {
  const selector = `{service_name="${serviceName}", model!=""}`
  await waitFor('the last call in Prometheus', async () => {
    const [total] = await prometheus.query(`sum(last_over_time(ai_requests_total${selector}[1h]))`)
    return total?.value === provider.served.length ? total : undefined
  })
  return await prometheus.query(`last_over_time(${metric}${selector}[1h])`)
}

const instancesIn = (samples: readonly Sample[]): Set<string | undefined> =>
  new Set(samples.map(({ labels }) => labels['instance']))

describe('two processes, two worker threads, a cluster of two and its primary, and a process that is started again', () => {
  const SERVICE = 'e2e-totals'
  const SHARES: readonly (readonly Share[])[] = [
    [
      { helpers: 'threads', ending: 'natural', rounds: 7 },
      { helpers: 'alone', ending: 'exit', rounds: 5 },
      { helpers: 'cluster', ending: 'natural', rounds: 3 },
    ],
    [{ helpers: 'alone', ending: 'exit', rounds: 4 }],
  ]
  /** Three of the threads, three of the cluster, two alone. */
  const INSTANCES = 8
  const CALLS = 3 * (3 * 7 + 3 * 3 + 5 + 4)
  let costs: readonly Sample[]

  beforeAll(async () => {
    provider = started.use(await startProvider())
    expect(await work(SERVICE, ...SHARES)).toEqual(['', '', '', ''])
    costs = await lastValues(SERVICE, 'ai_cost_total')
  })

  test('have a total cost that is the bill, to the last digit', async () => {
    expect(provider.served).toHaveLength(CALLS)
    expect(instancesIn(costs).size).toBe(INSTANCES)
    expect(sum(costs.map(picoUsd))).toBe(bill(provider.served))
    const [total] = await prometheus.query(`sum(last_over_time(ai_cost_total{service_name="${SERVICE}"}[1h]))`)
    // Prometheus adds doubles: what it says is off by less than a pico-dollar.
    expect(total && picoUsd(total)).toBe(bill(provider.served))
  })

  test('have totals of tokens and calls that are those of the provider', async () => {
    const tokens = await prometheus.query(`sum(last_over_time(ai_tokens_total{service_name="${SERVICE}"}[1h]))`)
    const served = Object.values(expectedTokens(provider.served)).reduce((total, count) => total + count, 0)
    expect(tokens[0]?.value).toBe(served)
    const requests = await prometheus.query(
      `sum by (status) (last_over_time(ai_requests_total{service_name="${SERVICE}", status!=""}[1h])) > 0`,
    )
    expect(requests.map(({ labels, value }) => [labels['status'], value])).toEqual([['success', CALLS]])
  })

  test('never go back: no series has a reset', async () => {
    const resets = await prometheus.query(`resets(ai_cost_total{service_name="${SERVICE}"}[1h]) > 0`)
    expect(resets).toEqual([])
  })
})

/** What a counter has counted, however often it began anew: as `increase()` does it, but from 0 and without estimating what was between samples. */
function counted({ values }: History): bigint {
  return sum(
    values.map((value, index) => {
      const before = values[index - 1] ?? 0
      return picoUsd({ value }) - (value < before ? 0n : picoUsd({ value: before }))
    }),
  )
}

test('a process that is started again under the same instance id begins its counters anew, and nothing is lost or doubled', async () => {
  provider = started.use(await startProvider())
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-1' }
  const share: Share = { helpers: 'threads', ending: 'natural', rounds: 6, env }
  const selector = 'ai_cost_total{service_name="e2e-restart", model!=""}'
  expect(await work('e2e-restart', [share], [{ ...share, rounds: 2 }])).toEqual(['', ''])
  const histories = await waitFor('the last call in Prometheus', async () => {
    const found = await prometheus.history(`${selector}[1h]`)
    return sum(found.map(counted)) >= bill(provider.served) ? found : undefined
  })
  expect(sum(histories.map(counted))).toBe(bill(provider.served))
  const resets = await prometheus.query(`resets(${selector}[1h])`)
  expect(resets.map(({ value }) => value)).toEqual(histories.map(() => 1))
  expect(new Set(histories.map(({ labels }) => labels['instance']))).toEqual(
    new Set(['pod-1', 'pod-1/thread-1', 'pod-1/thread-2']),
  )
})

describe('with an allow-list', () => {
  const SERVICE = 'e2e-attribution'
  const ALLOWED = ['feature', 'tenant'] as const
  /** Made by Prometheus of the resource. */
  const RESOURCE_LABELS = ['instance', 'job', 'service_instance_id', 'service_name']

  beforeAll(async () => {
    provider = started.use(await startProvider())
    const env = { TOKENMETER_METRIC_ATTRIBUTION: ALLOWED.join() }
    await work(SERVICE, [{ helpers: 'alone', ending: 'natural', rounds: 3, env }])
  })

  test('the cost is told apart by feature and tenant, and adds up to the bill', async () => {
    const costs = await lastValues(SERVICE, 'ai_cost_total')
    const mini = bill(provider.served.filter(({ model }) => model === 'gpt-4o-mini')) / 3n
    const by = costs.map((sample) => [sample.labels['feature'], sample.labels['tenant'], picoUsd(sample)])
    expect(by).toEqual(
      expect.arrayContaining([
        ['search', 'tenant-0', 2n * mini],
        ['search', 'tenant-1', mini],
        ['summary', undefined, bill(provider.served.filter(({ model }) => model === 'o4-mini'))],
        [undefined, undefined, bill(provider.served.filter(({ model }) => model === 'gpt-4.1'))],
      ]),
    )
    expect(by).toHaveLength(4)
  })

  test('counters have labels of the list beside those they declare, and nothing else has them', async () => {
    await lastValues(SERVICE, 'ai_cost_total')
    const samples = await prometheus.query(`{__name__=~"ai_.+", service_name="${SERVICE}"}`)
    const definitions = new Map(Object.values(INSTRUMENTS).map((definition) => [definition.prometheusName, definition]))
    const found = new Set<string>()
    for (const { name, labels } of samples) {
      const definition = definitions.get(name.replace(/_(?:bucket|count|sum)$/, ''))
      const others = Object.keys(labels).filter((label) => !RESOURCE_LABELS.includes(label) && label !== 'le')
      const extra = others.filter((label) => !(definition?.labels as readonly string[] | undefined)?.includes(label))
      expect(extra.filter((label) => !(ALLOWED as readonly string[]).includes(label))).toEqual([])
      if (extra.length > 0) found.add(name)
    }
    expect([...found].map((name) => definitions.get(name)?.kind)).toEqual([...found].map(() => 'counter'))
    expect(found).toContain('ai_requests_total')
  })
})
