import { type InstrumentDefinition, INSTRUMENTS, type MetricDefinition, profileMetrics } from '@tokenmeter/meter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUSY_MODEL, EXHAUSTED_MODEL, QUOTA, type Served, UNTOLD_MODEL } from '../../provider/provider.ts'
import { readExposition } from '../../../collector/stack/exposition.ts'
import type { Sample } from '../../../collector/stack/prometheus-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { type Expected, expectedCost, expectedTokens, seriesKey } from './expected-samples.ts'
import { playScene, type Scene } from './scene.ts'

const SERVICE = 'e2e-metrics'
/** Labels that Prometheus makes from the resource. */
const RESOURCE_LABELS = new Set(['instance', 'job', 'service_instance_id', 'service_name'])
const OURS = /^(?:ai|gen_ai)_/
const LOGICAL_CALLS = 13

let scene: Scene
/** Everything of ours that arrived by OTLP, labels of the resource apart. */
let arrived: readonly Sample[]
let resources: readonly Readonly<Record<string, string>>[]

beforeAll(async () => {
  scene = await playScene(SERVICE)
  await waitFor('the last call in Prometheus', async () => {
    const [total] = await scene.prometheus.query(`sum(ai_requests_total{service_name="${SERVICE}"})`)
    return total?.value === LOGICAL_CALLS ? total : undefined
  })
  const samples = await scene.prometheus.query(`{__name__=~"(ai|gen_ai)_.+", service_name="${SERVICE}"}`)
  arrived = samples.map((sample) => ({ ...sample, labels: pickLabels(sample, (label) => !RESOURCE_LABELS.has(label)) }))
  resources = samples.map((sample) => pickLabels(sample, (label) => RESOURCE_LABELS.has(label)))
})

afterAll(() => scene[Symbol.asyncDispose]())

function pickLabels({ labels }: Sample, wanted: (label: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => wanted(label)))
}

/** The series of a metric with their values; the one without labels, which makes a counter exist at 0, is left out. */
function valuesOf(name: string): Expected {
  const samples = arrived.filter((sample) => sample.name === name && Object.keys(sample.labels).length > 0)
  return Object.fromEntries(samples.map(({ labels, value }) => [seriesKey(labels), value]))
}

function nonZero(values: Expected): Expected {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0))
}

function sumOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, { value }) => sum + value, 0)
}

function usageSum(pick: (usage: NonNullable<Served['usage']>) => number, operations?: readonly string[]): number {
  const counted = scene.provider.served.filter(({ operation }) => !operations || operations.includes(operation))
  return counted.reduce((sum, { usage }) => sum + (usage ? pick(usage) : 0), 0)
}

test('the application ends by itself and says nothing of its own accord', () => {
  expect(scene.run.exitCode).toBe(0)
  expect(scene.run.stderr).toBe('')
})

test('every series says which service and which process it comes from', () => {
  const [resource] = resources
  expect(resource?.['service_instance_id']).toMatch(/^\S+$/)
  const { service_instance_id: instance } = resource ?? {}
  for (const labels of resources) {
    expect(labels).toEqual({ service_name: SERVICE, job: SERVICE, service_instance_id: instance, instance })
  }
})

/** Written by whoever keeps a budget's ledger, which this application does not. */
const NOT_WRITTEN_HERE = new Set(['ai.budget.spent_usd', 'ai.budget.limit_usd'])
const WRITTEN: readonly InstrumentDefinition[] = Object.values(INSTRUMENTS).filter(
  ({ name }) => !NOT_WRITTEN_HERE.has(name),
)

test.each(WRITTEN)('$name arrives as $prometheusName, with exactly the labels it declares', (instrument) => {
  const { prometheusName, kind, labels } = instrument
  const sampleName = kind === 'histogram' ? `${prometheusName}_count` : prometheusName
  const labelled = arrived.filter((sample) => sample.name === sampleName && Object.keys(sample.labels).length > 0)
  expect(labelled.length).toBeGreaterThan(0)
  for (const sample of labelled) expect(Object.keys(sample.labels).toSorted()).toEqual([...labels].toSorted())
})

test('nothing arrives under a name of ours that no table declares', () => {
  const declared = new Set([
    ...WRITTEN.flatMap(({ kind, prometheusName }) => sampleNames(prometheusName, kind)),
    ...profileMetrics('v0.1.0').flatMap((metric) => sampleNames(prometheusNameOf(metric), metric.instrument)),
  ])
  expect(arrived.map(({ name }) => name).filter((name) => !declared.has(name))).toEqual([])
})

describe('the numbers are the ones the provider served:', () => {
  test('tokens', () => {
    expect(valuesOf('ai_tokens_total')).toEqual(expectedTokens(scene.provider.served))
  })

  test('cost, to the last digit', () => {
    expect(valuesOf('ai_cost_total')).toEqual(expectedCost(scene.provider.served))
  })

  test('cost in the currency of the settings, beside it', () => {
    const halves = Object.entries(expectedCost(scene.provider.served)).map(([labels, usd]) => [
      `currency=EUR ${labels}`,
      usd / 2,
    ])
    expect(valuesOf('ai_converted_cost_total')).toEqual(Object.fromEntries(halves))
  })

  test('requests by status', () => {
    const successes = scene.provider.served.filter(({ status }) => status === 200)
    const expected: Expected = {}
    const count = (model: string, operation: string, status: string): void => {
      const key = seriesKey({ model, operation, provider: 'openai', status })
      expected[key] = (expected[key] ?? 0) + 1
    }
    for (const { model, operation } of successes) count(model, operation, 'success')
    count('gpt-4o', 'chat_completion', 'error')
    count('no-such-model', 'moderation', 'error')
    count(EXHAUSTED_MODEL, 'chat_completion', 'rate_limit')
    expect(nonZero(valuesOf('ai_requests_total'))).toEqual(expected)
    expect(sumOf(arrived.filter(({ name }) => name === 'ai_request_duration_seconds_count'))).toBe(LOGICAL_CALLS)
  })

  test('errors, rate limits and retries', () => {
    const chat = { operation: 'chat_completion' }
    const openai = { ...chat, provider: 'openai' }
    const missing = { model: 'no-such-model', operation: 'moderation', provider: 'openai' }
    expect(valuesOf('ai_errors_total')).toEqual({
      [seriesKey({ ...missing, error_type: 'model_not_found' })]: 1,
      [seriesKey({ ...openai, model: 'gpt-4o', error_type: 'invalid_value' })]: 1,
      [seriesKey({ ...openai, model: EXHAUSTED_MODEL, error_type: 'insufficient_quota' })]: 1,
    })
    expect(valuesOf('ai_rate_limit_hits_total')).toEqual({
      [seriesKey({ ...openai, model: BUSY_MODEL, reason: 'requests' })]: 1,
      [seriesKey({ ...openai, model: EXHAUSTED_MODEL, reason: 'quota' })]: 1,
    })
    expect(valuesOf('ai_retries_total')).toEqual({
      [seriesKey({ ...chat, model: BUSY_MODEL, reason: 'rate_limit' })]: 1,
    })
  })

  test('a model without a price is counted as unpriced, and costs nothing rather than zero', () => {
    const model = 'in-house-model'
    const key = seriesKey({ model, operation: 'chat_completion', reason: 'unknown_model' })
    const untold = seriesKey({ model: UNTOLD_MODEL, operation: 'chat_completion', reason: 'no_usage' })
    expect(valuesOf('ai_unpriced_requests_total')).toEqual({ [key]: 1, [untold]: 1 })
    expect(Object.keys(valuesOf('ai_cost_total')).filter((labels) => labels.includes(model))).toEqual([])
  })

  test('a stream that told no usage is estimated, in series of its own', () => {
    const stream = { model: UNTOLD_MODEL, operation: 'chat_completion' }
    // "How is everything?": two short words, a long one of 2 tokens, a mark of 0.65, and 7 for the form. "All is well.": 3.65.
    expect(valuesOf('ai_estimated_tokens_total')).toEqual({
      [seriesKey({ ...stream, token_type: 'prompt' })]: 12,
      [seriesKey({ ...stream, token_type: 'completion' })]: 4,
    })
    // 12 at 0.5 and 4 at 1.5 USD a million.
    expect(valuesOf('ai_estimated_cost_total')).toEqual({ [seriesKey({ ...stream, provider: 'openai' })]: 0.000012 })
  })

  test('what was taken out of texts before they left: the address in a stop sequence', () => {
    expect(valuesOf('ai_redactions_total')).toEqual({ [seriesKey({ class: 'email' })]: 1 })
  })

  test('the quota that the headers report', () => {
    const model = 'gpt-4o-mini'
    expect(valuesOf('ai_rate_limit_remaining')).toMatchObject({
      [seriesKey({ model, kind: 'requests' })]: QUOTA.remainingRequests,
      [seriesKey({ model, kind: 'tokens' })]: QUOTA.remainingTokens,
    })
    expect(valuesOf('ai_rate_limit_limit')).toMatchObject({
      [seriesKey({ model, kind: 'requests' })]: QUOTA.limitRequests,
      [seriesKey({ model, kind: 'tokens' })]: QUOTA.limitTokens,
    })
  })
})

/** No answer of the provider reports tokens written to a cache. */
const GEN_AI_METRICS = profileMetrics('v0.1.0').filter(({ name }) => !name.includes('cache_write'))
const INFERENCE = ['chat_completion', 'response', 'completion']

/** The rule of Prometheus' OTLP translation for the units and kinds that the conventions use. */
function prometheusNameOf({ name, unit, instrument }: MetricDefinition): string {
  return name.replaceAll('.', '_') + (unit === 's' ? '_seconds' : '') + (instrument === 'counter' ? '_total' : '')
}

function sampleNames(prometheusName: string, kind: string): string[] {
  const suffixes = kind === 'histogram' ? ['_bucket', '_count', '_sum'] : ['']
  return suffixes.map((suffix) => `${prometheusName}${suffix}`)
}

test.each(GEN_AI_METRICS)('$name arrives, its unit in its name', (metric) => {
  const names = arrived.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(sampleNames(prometheusNameOf(metric), metric.instrument)))
})

test.each([
  ['gen_ai_client_inference_usage_input_tokens_total', (): number => usageSum(({ input }) => input, INFERENCE)],
  ['gen_ai_client_inference_usage_output_tokens_total', (): number => usageSum(({ output }) => output, INFERENCE)],
  ['gen_ai_client_inference_usage_cache_read_input_tokens_total', (): number => usageSum(({ cached }) => cached)],
  ['gen_ai_client_inference_usage_reasoning_output_tokens_total', (): number => usageSum(({ reasoning }) => reasoning)],
  ['gen_ai_client_embeddings_operation_input_tokens_sum', (): number => usageSum(({ input }) => input, ['embedding'])],
  ['gen_ai_client_inference_time_to_first_chunk_seconds_count', (): number => 3],
  ['gen_ai_client_embeddings_duration_seconds_count', (): number => 1],
  ['gen_ai_client_operation_duration_seconds_count', (): number => 1],
  ['gen_ai_client_inference_duration_seconds_count', (): number => LOGICAL_CALLS - 2],
])('%s adds up to what the provider served', (name, expected) => {
  expect(sumOf(arrived.filter((sample) => sample.name === name))).toBe(expected())
})

test('the pull endpoint says the same as Prometheus after OTLP: names, labels and values', () => {
  const pulled = readExposition(scene.run.exposition).filter(({ name }) => OURS.test(name))
  expect(bySeries(pulled)).toEqual(bySeries(arrived))
})

function bySeries(samples: readonly Sample[]): Expected {
  return Object.fromEntries(
    samples.map(({ name, labels: { le, ...labels }, value }) => {
      // Prometheus 3 writes the bound 1 as 1.0.
      const bound = le === undefined ? {} : { le: String(Number(le.replace('+Inf', 'Infinity'))) }
      return [`${name} ${seriesKey({ ...labels, ...bound })}`, value]
    }),
  )
}
