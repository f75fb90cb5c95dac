import { metrics } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Monitor } from '../src/index.ts'
import { Diagnostics } from './support/diagnostics.ts'
import { freshCopy } from './support/fresh-copy.ts'
import { forgetGlobals, type Points, Telemetry } from './support/telemetry.ts'

beforeEach(forgetGlobals)
afterEach(forgetGlobals)

const LABELS = { model: 'm', provider: 'p' }
const AT_0: Points = {
  'ai.cost': 0,
  'ai.requests': 0,
  'ai.errors': 0,
  'ai.rate_limit.hits': 0,
  'ai.retries': 0,
  'ai.unpriced_requests': 0,
}

/** `ai.requests` of one label set, at 0: they come with the first record of that set. */
const requests = (labels: string): Points =>
  Object.fromEntries(
    ['success', 'error', 'rate_limit', 'cancelled'].map((status) => [`ai.requests ${labels} status=${status}`, 0]),
  )

interface Outcome {
  readonly points: Points
  readonly warnings: readonly string[]
}

/** What a monitor that has not warned yet counts and says. */
async function measure(use: (monitor: Monitor) => void): Promise<Outcome> {
  await using telemetry = new Telemetry()
  metrics.setGlobalMeterProvider(telemetry.meterProvider)
  using said = new Diagnostics()
  const { getMonitor } = await freshCopy()
  use(getMonitor())
  expect(said.errors).toEqual([])
  return { points: await telemetry.points(), warnings: [...said.warnings] }
}

describe('each method adds to exactly its metrics', () => {
  const labels = 'model=m operation=chat provider=p'

  test('recordCost', async () => {
    const { points, warnings } = await measure((monitor) => {
      monitor.recordCost(0.1, 'chat', LABELS)
      monitor.recordCost(0.2, 'chat', LABELS)
    })
    expect(warnings).toEqual([])
    expect(points).toEqual({
      ...AT_0,
      ...requests(labels),
      [`ai.cost ${labels}`]: 0.3,
      [`ai.cost.current ${labels}`]: 0.2,
    })
  })

  test('recordTokens', async () => {
    const { points } = await measure((monitor) => {
      monitor.recordTokens(100, 'prompt', { ...LABELS, operation: 'chat' })
      monitor.recordTokens(5, 'prompt', { ...LABELS, operation: 'chat' })
      monitor.recordTokens(20, 'completion', { ...LABELS, operation: 'chat' })
    })
    expect(points).toEqual({
      ...AT_0,
      ...requests(labels),
      'ai.tokens model=m operation=chat token_type=prompt': 105,
      'ai.tokens model=m operation=chat token_type=completion': 20,
      'ai.tokens.current model=m operation=chat token_type=prompt': 5,
      'ai.tokens.current model=m operation=chat token_type=completion': 20,
    })
  })

  test('recordRequest', async () => {
    const { points } = await measure((monitor) => {
      monitor.recordRequest('chat', 'success', 1.25, LABELS)
      monitor.recordRequest('chat', 'success', 0.25, LABELS)
      monitor.recordRequest('chat', 'error', 0, LABELS)
    })
    expect(points).toEqual({
      ...AT_0,
      ...requests(labels),
      [`ai.requests ${labels} status=success`]: 2,
      [`ai.requests ${labels} status=error`]: 1,
      'ai.request.duration model=m operation=chat status=success': { count: 2, sum: 1.5 },
      'ai.request.duration model=m operation=chat status=error': { count: 1, sum: 0 },
    })
  })

  test('recordError', async () => {
    const { points } = await measure((monitor) => monitor.recordError('timeout', 'chat', LABELS))
    expect(points).toEqual({ ...AT_0, ...requests(labels), [`ai.errors error_type=timeout ${labels}`]: 1 })
  })

  test('recordRateLimit', async () => {
    const { points } = await measure((monitor) => {
      monitor.recordRateLimit('chat', { ...LABELS, reason: 'tokens' })
      monitor.recordRateLimit('chat', LABELS)
    })
    expect(points).toEqual({
      ...AT_0,
      ...requests(labels),
      [`ai.rate_limit.hits ${labels} reason=tokens`]: 1,
      [`ai.rate_limit.hits ${labels} reason=unknown`]: 1,
    })
  })
})

test('labels that are left out are unknown', async () => {
  const { points } = await measure((monitor) => {
    monitor.recordTokens(1, 'prompt')
    monitor.recordRequest('chat', 'success', 1)
  })
  expect(points['ai.tokens model=unknown operation=unknown token_type=prompt']).toBe(1)
  expect(points['ai.requests model=unknown operation=chat provider=unknown status=success']).toBe(1)
})

test('amounts of nothing are amounts', async () => {
  const { points, warnings } = await measure((monitor) => {
    monitor.recordCost(0, 'chat', LABELS)
    monitor.recordTokens(0, 'prompt', { ...LABELS, operation: 'chat' })
  })
  expect(warnings).toEqual([])
  expect(points).toMatchObject({
    'ai.cost model=m operation=chat provider=p': 0,
    'ai.tokens model=m operation=chat token_type=prompt': 0,
  })
})

type Use = (monitor: Monitor) => void
const bad = <T>(value: unknown): T => value as T

const recordOne: Use = (monitor) => monitor.recordRequest('chat', 'success', 1)

describe('what cannot be true is refused: one warning, and nothing is counted', () => {
  test.each<[string, Use, string]>([
    [
      'a negative cost',
      (m) => m.recordCost(-1, 'chat'),
      'recordCost() was ignored: `usd` must be a number from 0 to 9007199254740991, got -1 (number)',
    ],
    [
      'a cost of NaN',
      (m) => m.recordCost(Number.NaN, 'chat'),
      'recordCost() was ignored: `usd` must be a number from 0 to 9007199254740991, got NaN (number)',
    ],
    [
      'an infinite cost',
      (m) => m.recordCost(Infinity, 'chat'),
      'recordCost() was ignored: `usd` must be a number from 0 to 9007199254740991, got Infinity (number)',
    ],
    [
      'a cost as text',
      (m) => m.recordCost(bad('0.1'), 'chat'),
      'recordCost() was ignored: `usd` must be a number from 0 to 9007199254740991, got "0.1" (string)',
    ],
    [
      'a cost for no operation',
      (m) => m.recordCost(1, ''),
      'recordCost() was ignored: `operation` must be a text that is not empty, got "" (string)',
    ],
    [
      'a cost for no model',
      (m) => m.recordCost(1, 'chat', { model: '' }),
      'recordCost() was ignored: `labels.model` must be a text that is not empty, got "" (string)',
    ],
    [
      'a provider that is a number',
      (m) => m.recordCost(1, 'chat', { provider: bad(5) }),
      'recordCost() was ignored: `labels.provider` must be a text that is not empty, got 5 (number)',
    ],
    [
      'negative tokens',
      (m) => m.recordTokens(-1, 'prompt'),
      'recordTokens() was ignored: `count` must be a number from 0 to 9007199254740991, got -1 (number)',
    ],
    [
      'fractional tokens',
      (m) => m.recordTokens(0.5, 'prompt'),
      'recordTokens() was ignored: `count` must be a whole number, got 0.5 (number)',
    ],
    [
      'tokens beyond what a double counts',
      (m) => m.recordTokens(2 ** 60, 'prompt'),
      'recordTokens() was ignored: `count` must be a number from 0 to 9007199254740991, got 1152921504606847000 (number)',
    ],
    [
      'tokens as a bigint',
      (m) => m.recordTokens(bad(5n), 'prompt'),
      'recordTokens() was ignored: `count` must be a number from 0 to 9007199254740991, got bigint',
    ],
    [
      'an unknown token type',
      (m) => m.recordTokens(1, bad('input')),
      'recordTokens() was ignored: `tokenType` must be one of prompt, completion, got "input" (string)',
    ],
    [
      'tokens for an empty operation',
      (m) => m.recordTokens(1, 'prompt', { operation: '' }),
      'recordTokens() was ignored: `labels.operation` must be a text that is not empty, got "" (string)',
    ],
    [
      'an unknown status',
      (m) => m.recordRequest('chat', bad('ok'), 1),
      'recordRequest() was ignored: `status` must be one of success, error, rate_limit, cancelled, got "ok" (string)',
    ],
    [
      'a status every object has',
      (m) => m.recordRequest('chat', bad('constructor'), 1),
      'recordRequest() was ignored: `status` must be one of success, error, rate_limit, cancelled, got "constructor" (string)',
    ],
    [
      'a negative duration',
      (m) => m.recordRequest('chat', 'success', -0.1),
      'recordRequest() was ignored: `seconds` must be a number from 0 to 9007199254740991, got -0.1 (number)',
    ],
    [
      'a duration that is missing',
      (m) => m.recordRequest('chat', 'success', bad(undefined)),
      'recordRequest() was ignored: `seconds` must be a number from 0 to 9007199254740991, got undefined',
    ],
    [
      'a request of no operation',
      (m) => m.recordRequest('', 'success', 1),
      'recordRequest() was ignored: `operation` must be a text that is not empty, got "" (string)',
    ],
    [
      'an error of no type',
      (m) => m.recordError('', 'chat'),
      'recordError() was ignored: `errorType` must be a text that is not empty, got "" (string)',
    ],
    [
      'an error that is an object',
      (m) => m.recordError(bad(Object.create(null)), 'chat'),
      'recordError() was ignored: `errorType` must be a text that is not empty, got object',
    ],
    [
      'an error of no operation',
      (m) => m.recordError('timeout', bad(null)),
      'recordError() was ignored: `operation` must be a text that is not empty, got object',
    ],
    [
      'a rate limit of no operation',
      (m) => m.recordRateLimit(''),
      'recordRateLimit() was ignored: `operation` must be a text that is not empty, got "" (string)',
    ],
    [
      'an unknown reason',
      (m) => m.recordRateLimit('chat', { reason: bad('rpm') }),
      'recordRateLimit() was ignored: `labels.reason` must be one of requests, tokens, quota, unknown, got "rpm" (string)',
    ],
  ])('%s', async (_, use, warning) => {
    const { points: before } = await measure(recordOne)
    const { points, warnings } = await measure((monitor) => {
      recordOne(monitor)
      use(monitor)
      use(monitor)
    })
    expect(warnings).toEqual([`tokenmeter: ${warning}. Nothing was counted.`])
    expect(points).toEqual(before)
  })
})

test('a long text is cut in the warning', async () => {
  const { warnings } = await measure((monitor) => monitor.recordTokens(1, bad('x'.repeat(1000))))
  expect(warnings[0]).toContain(`got "${'x'.repeat(40)}" (string)`)
})
