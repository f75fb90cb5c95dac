import { context, metrics } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Attribution,
  ATTRIBUTION_LABELS,
  type AttributionLabel,
  boundLabels,
  getMonitor,
  INSTRUMENTS,
  readMetricAttribution,
  type RecorderOptions,
  withAI,
} from '../src/index.ts'
import { ANSWERED, chatStart, chatWith, failed, flatPrice, succeeded } from './support/calls.ts'
import { Diagnostics } from './support/diagnostics.ts'
import { CHAT, only, requests } from './support/series.ts'
import { forgetGlobals, type Points, Telemetry } from './support/telemetry.ts'

const WHO: Attribution = {
  feature: 'search',
  tenant: 'acme',
  user: 'u-1',
  session: 's-1',
  prompt: { name: 'greeting', version: '3' },
}

beforeEach(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
afterEach(() => {
  context.disable()
  forgetGlobals()
})

/** The points after one call for each of these attributions, and what an allow-list makes of them. */
async function pointsFor(
  attributions: readonly Attribution[],
  options: Partial<RecorderOptions>,
  start = chatStart(),
): Promise<Points> {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ price: flatPrice, ...options })
  for (const attribution of attributions) withAI(attribution, () => recorder.start(start).end(succeeded()))
  return telemetry.points('ai.')
}

test('no metric says for whom a call was made unless it is asked for', async () => {
  const points = await pointsFor([WHO], {})
  expect(Object.keys(points).filter((name) => /acme|search|u-1|s-1|greeting/.test(name))).toEqual([])
})

test('counters have the labels of the allow-list and no others', async () => {
  const points = await pointsFor([WHO], { metricAttribution: ['feature', 'tenant'] })
  const who = 'feature=search model=gpt-4o operation=chat_completion'
  expect(only(points, 'ai.cost ')).toEqual({ [`ai.cost ${who} provider=openai tenant=acme`]: 0.00015 })
  expect(only(points, 'ai.tokens ')).toEqual({
    [`ai.tokens ${who} tenant=acme token_type=completion`]: 20,
    [`ai.tokens ${who} tenant=acme token_type=prompt`]: 100,
  })
  expect(points[`ai.requests ${who} provider=openai status=success tenant=acme`]).toBe(1)
})

test('every label there is can be allowed, and each is what withAI said', async () => {
  const points = await pointsFor([WHO], { metricAttribution: ATTRIBUTION_LABELS })
  expect(Object.keys(only(points, 'ai.cost '))).toEqual([
    'ai.cost feature=search model=gpt-4o operation=chat_completion prompt=greeting prompt_version=3 provider=openai tenant=acme user=u-1',
  ])
})

test('gauges and histograms have none of them', async () => {
  const points = await pointsFor([WHO], { metricAttribution: ['tenant'] })
  const counters = Object.values(INSTRUMENTS).filter(({ kind }) => kind === 'counter')
  const names = new Set(counters.map(({ name }) => name))
  const labelled = Object.keys(points).filter((name) => name.includes('tenant=acme'))
  expect(labelled.length).toBeGreaterThan(0)
  expect(labelled.filter((name) => !names.has(name.split(' ')[0] ?? ''))).toEqual([])
  expect(points).toHaveProperty([`ai.request.duration ${CHAT} status=success`])
})

test('a call that is made for nobody has its usual labels', async () => {
  const points = await pointsFor([{}], { metricAttribution: ['feature', 'tenant'] })
  expect(only(points, 'ai.requests ')).toEqual(requests({ success: 1 }))
})

test('failures, refusals, retries and missing prices are told apart, too', async () => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ metricAttribution: ['tenant'] })
  const attempts = [{ ...ANSWERED, status: 429, rateLimitReason: 'tokens' as const }, ANSWERED]
  withAI({ tenant: 'acme' }, () => {
    recorder.start(chatStart()).end(succeeded({ attempts }))
    recorder.start(chatStart()).end(failed(400, 'invalid_value'))
  })
  expect(only(await telemetry.points(), 'ai.')).toMatchObject({
    [`ai.errors error_type=invalid_value ${CHAT} provider=openai tenant=acme`]: 1,
    [`ai.rate_limit.hits ${CHAT} provider=openai reason=tokens tenant=acme`]: 1,
    [`ai.retries ${CHAT} reason=rate_limit tenant=acme`]: 1,
    [`ai.unpriced_requests ${CHAT} reason=no_price_book tenant=acme`]: 1,
  })
})

test('the prompt that the request names is stronger', async () => {
  const request = { ...chatStart().request, parameters: { promptName: 'pmpt_1', promptVersion: '2' } }
  const points = await pointsFor([WHO, {}], { metricAttribution: ['prompt', 'prompt_version'] }, chatStart({ request }))
  expect(only(points, 'ai.cost ')).toEqual({
    'ai.cost model=gpt-4o operation=chat_completion prompt=pmpt_1 prompt_version=2 provider=openai': 0.0003,
  })
})

test('what is recorded by hand has them, too', async () => {
  await using telemetry = new Telemetry()
  metrics.setGlobalMeterProvider(telemetry.meterProvider)
  telemetry.recorder({ metricAttribution: ['feature'] })
  withAI({ feature: 'search' }, () => getMonitor().recordCost(0.5, 'rerank', { model: 'm', provider: 'p' }))
  expect(only(await telemetry.points(), 'ai.cost ')).toEqual({
    'ai.cost feature=search model=m operation=rerank provider=p': 0.5,
  })
})

describe('bounds:', () => {
  test('values of a label beyond maxLabelValues are `other`', async () => {
    const tenants = ['a', 'b', 'c', 'd', 'a'].map((tenant) => ({ tenant }))
    const points = await pointsFor(tenants, { metricAttribution: ['tenant'], maxLabelValues: 2 })
    expect(only(points, 'ai.cost ')).toEqual({
      [`ai.cost ${CHAT} provider=openai tenant=a`]: 0.0003,
      [`ai.cost ${CHAT} provider=openai tenant=b`]: 0.00015,
      [`ai.cost ${CHAT} provider=openai tenant=other`]: 0.0003,
    })
  })

  test('no metric has more series than the SDK takes, it is said once, and sums stay what they are', async () => {
    await using telemetry = new Telemetry()
    using said = new Diagnostics()
    boundLabels(telemetry.meterProvider, { maxLabelValues: 1000, maxSeries: 2000 })
    const recorder = telemetry.recorder({ price: flatPrice, metricAttribution: ['feature', 'tenant'] })
    for (let index = 0; index < 3000; index++) {
      const attribution = { feature: `f-${index % 2}`, tenant: `t-${index % 150}` }
      withAI(attribution, () => recorder.start(chatWith(`m-${index % 7}`)).end(succeeded()))
    }
    const points = await telemetry.points('ai.')
    const counted = Object.entries(only(points, 'ai.requests '))
    expect(counted.length).toBeLessThan(2000)
    expect(counted.reduce((sum, [, value]) => sum + Number(value), 0)).toBe(3000)
    expect(counted.filter(([name]) => name.includes('feature=other')).length).toBeGreaterThan(0)
    expect(said.warnings).toEqual([
      'tokenmeter: more than 400 combinations of model, operation and attribution labels: further ones are counted as `other`. ' +
        'Allow fewer labels, or ones with fewer values',
    ])
  })

  test('no more combinations of values are kept than there may be, and sums stay what they are', async () => {
    await using telemetry = new Telemetry()
    boundLabels(telemetry.meterProvider, { maxLabelValues: 1000, maxSeries: 20 })
    const recorder = telemetry.recorder({ price: flatPrice, metricAttribution: ['feature', 'tenant'] })
    for (let index = 0; index < 100; index++) {
      withAI({ feature: `f-${index % 10}`, tenant: `t-${index}` }, () => recorder.start(chatStart()).end(succeeded()))
    }
    expect(only(await telemetry.points(), 'ai.cost ')).toEqual({
      [`ai.cost feature=f-0 ${CHAT} provider=openai tenant=t-0`]: 0.00015,
      [`ai.cost feature=f-1 ${CHAT} provider=openai tenant=t-1`]: 0.00015,
      [`ai.cost feature=f-2 ${CHAT} provider=openai tenant=t-2`]: 0.00015,
      [`ai.cost feature=f-3 ${CHAT} provider=openai tenant=t-3`]: 0.00015,
      [`ai.cost feature=other ${CHAT} provider=openai tenant=other`]: 0.0144,
    })
  })
})

test('whatever is allowed, the sum over a counter is what was counted', async () => {
  const text = fc.constantFrom('a', 'b', 'c', undefined)
  const attribution = fc.record({ feature: text, tenant: text, user: text })
  const allowed = fc.subarray([...ATTRIBUTION_LABELS] as AttributionLabel[])
  await fc.assert(
    fc.asyncProperty(fc.array(attribution, { maxLength: 20 }), allowed, async (attributions, metricAttribution) => {
      const points = await pointsFor(attributions, { metricAttribution, maxLabelValues: 2 })
      const sum = Object.values(only(points, 'ai.requests')).reduce<number>((all, value) => all + Number(value), 0)
      expect(sum).toBe(attributions.length)
    }),
    { numRuns: 50 },
  )
})

describe('an allow-list', () => {
  test('is a list, or words with commas', () => {
    expect(readMetricAttribution('feature, tenant,feature')).toEqual(['feature', 'tenant'])
    expect(readMetricAttribution(['user'])).toEqual(['user'])
    expect(readMetricAttribution([])).toEqual([])
  })
  test.each([['session'], [['session']], ['feature;tenant'], [true], [null]])('is not %j', (value) => {
    expect(readMetricAttribution(value)).toBeUndefined()
  })
})
