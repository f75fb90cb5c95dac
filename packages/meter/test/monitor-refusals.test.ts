import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Monitor } from '../src/index.ts'
import { measure } from './support/measure.ts'
import { forgetGlobals } from './support/telemetry.ts'

beforeEach(forgetGlobals)
afterEach(forgetGlobals)

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
