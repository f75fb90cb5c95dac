import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { measure } from './support/measure.ts'
import { FROM_THE_START, requests } from './support/series.ts'
import { forgetGlobals } from './support/telemetry.ts'

beforeEach(forgetGlobals)
afterEach(forgetGlobals)

const LABELS = { model: 'm', provider: 'p' }

describe('each method adds to exactly its metrics', () => {
  const labels = 'model=m operation=chat provider=p'

  test('recordCost', async () => {
    const { points, warnings } = await measure((monitor) => {
      monitor.recordCost(0.1, 'chat', LABELS)
      monitor.recordCost(0.2, 'chat', LABELS)
    })
    expect(warnings).toEqual([])
    expect(points).toEqual({
      ...FROM_THE_START,
      ...requests({}, labels),
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
      ...FROM_THE_START,
      ...requests({}, labels),
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
      ...FROM_THE_START,
      ...requests({}, labels),
      [`ai.requests ${labels} status=success`]: 2,
      [`ai.requests ${labels} status=error`]: 1,
      'ai.request.duration model=m operation=chat status=success': { count: 2, sum: 1.5 },
      'ai.request.duration model=m operation=chat status=error': { count: 1, sum: 0 },
    })
  })

  test('recordError', async () => {
    const { points } = await measure((monitor) => monitor.recordError('timeout', 'chat', LABELS))
    expect(points).toEqual({
      ...FROM_THE_START,
      ...requests({}, labels),
      [`ai.errors error_type=timeout ${labels}`]: 1,
    })
  })

  test('recordRateLimit', async () => {
    const { points } = await measure((monitor) => {
      monitor.recordRateLimit('chat', { ...LABELS, reason: 'tokens' })
      monitor.recordRateLimit('chat', LABELS)
    })
    expect(points).toEqual({
      ...FROM_THE_START,
      ...requests({}, labels),
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
