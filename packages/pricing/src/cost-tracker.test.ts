import { describe, expect, test } from 'vitest'
import { CostTracker, type PriceContext } from './cost-tracker.ts'
import type { TokenUsage } from './token-usage.ts'

const at = new Date('2026-11-24')

describe('estimate', () => {
  const tracker = new CostTracker()

  test.each<[string, TokenUsage]>([
    ['a chat completion', { prompt_tokens: 1000, completion_tokens: 500 }],
    ['a response', { input_tokens: 1000, output_tokens: 500 }],
    ['a call', { inputTokens: 1000, outputTokens: 500 }],
  ])('takes the usage of %s', (_, usage) => {
    const estimate = tracker.estimate(usage, { model: 'gpt-4o-mini', at })
    expect(estimate.usd).toBe('0.00045')
    expect(estimate.cost?.picoUsd).toBe(450_000_000n)
  })

  test('takes usage with all its details', () => {
    const usage = {
      prompt_tokens: 1200,
      completion_tokens: 300,
      total_tokens: 1500,
      prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0 },
    }
    expect(tracker.estimate(usage, { model: 'gpt-4o', at }).usd).toBe('0.00472')
  })

  test('takes the usage of an embedding', () => {
    expect(tracker.estimate({ prompt_tokens: 8 }, { model: 'text-embedding-3-small', at }).usd).toBe('0.00000016')
  })

  test('tells cached audio from cached text', () => {
    const usage = {
      input_tokens: 300,
      output_tokens: 0,
      input_tokens_details: {
        text_tokens: 100,
        audio_tokens: 200,
        cached_tokens: 150,
        cached_tokens_details: { text_tokens: 50, audio_tokens: 100 },
      },
    }
    expect(tracker.estimate(usage, { model: 'gpt-realtime', at }).usd).toBe('0.00346')
  })

  test('prices at the time of the call', () => {
    const usage = { prompt_tokens: 1_000_000 }
    expect(tracker.estimate(usage, { model: 'o3', at: new Date('2025-06-09') }).usd).toBe('10')
    expect(tracker.estimate(usage, { model: 'o3', at: Date.parse('2025-06-10') }).usd).toBe('2')
  })

  test.each<[string, TokenUsage | null, PriceContext]>([
    ['no_usage', null, { model: 'gpt-4o' }],
    ['unknown_model', { prompt_tokens: 1 }, { model: 'gpt-99' }],
    ['unknown_provider', { prompt_tokens: 1 }, { model: 'gpt-4o', provider: 'my-gateway' }],
    ['unknown_tier', { prompt_tokens: 1 }, { model: 'gpt-4o', tier: 'flex' }],
    ['unknown_unit', { prompt_tokens: 1, prompt_tokens_details: { audio_tokens: 1 } }, { model: 'gpt-4o' }],
  ])('what is unknown is never zero: %s', (unpriced, usage, context) => {
    expect(tracker.estimate(usage, { at, ...context })).toEqual({ unpriced, usd: null })
  })

  test('records nothing', () => {
    tracker.estimate({ prompt_tokens: 1 }, { model: 'gpt-4o', at })
    expect(tracker.totals().calls).toBe(0)
  })
})

describe('record', () => {
  test('adds calls up by model, exactly, and counts those without a cost', () => {
    const tracker = new CostTracker()
    for (let index = 0; index < 10; index++) {
      tracker.record({ prompt_tokens: 1000, completion_tokens: 500 }, { model: 'gpt-4o-mini', at })
    }
    tracker.record({ prompt_tokens: 1000, completion_tokens: 0 }, { model: 'gpt-5.2', at })
    tracker.record({ prompt_tokens: 7, completion_tokens: 3 }, { model: 'gpt-99', at })
    tracker.record(null, { model: 'gpt-99', at })

    const { byModel, ...total } = tracker.totals()
    expect(total).toEqual({
      calls: 13,
      unpricedCalls: 2,
      inputTokens: 11_007,
      outputTokens: 5003,
      picoUsd: 6_250_000_000n,
      usd: '0.00625',
    })
    expect(byModel.get('gpt-4o-mini')).toMatchObject({ calls: 10, unpricedCalls: 0, usd: '0.0045' })
    expect(byModel.get('gpt-99')).toEqual({
      calls: 2,
      unpricedCalls: 2,
      inputTokens: 7,
      outputTokens: 3,
      picoUsd: 0n,
      usd: '0',
    })
  })

  test('a refused call is not recorded', () => {
    const tracker = new CostTracker()
    expect(() => tracker.record({ prompt_tokens: -1 }, { model: 'gpt-4o' })).toThrow(TypeError)
    expect(tracker.totals().byModel.size).toBe(0)
  })
})

describe('what makes no sense is refused with the field, the value and the rule', () => {
  const tracker = new CostTracker()

  test.each<[unknown, string]>([
    [{ prompt_tokens: -5 }, 'usage.prompt_tokens must be a whole number of tokens from 0 up, got -5'],
    [{ prompt_tokens: '12' }, 'usage.prompt_tokens must be a whole number of tokens from 0 up, got "12"'],
    [
      { input_tokens: 1, output_tokens: Number.NaN },
      'usage.output_tokens must be a whole number of tokens from 0 up, got NaN',
    ],
    [{ inputTokens: 1e18 }, 'usage.inputTokens must be a whole number of tokens from 0 up, got 1000000000000000000'],
    [
      { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 20 } },
      'usage.prompt_tokens_details.cached_tokens is 20, more than the 10 tokens that it is a part of: totals include their parts',
    ],
    [{ inputTokens: 1, input: 3 }, 'usage.input must be an object, got 3'],
    [
      { tokens: 3 },
      'usage must count tokens, got an object with the keys [tokens]: pass the `usage` object of a response',
    ],
    [42, 'usage must be an object, got 42'],
  ])('usage %j', (usage, message) => {
    expect(() => tracker.estimate(usage as TokenUsage, { model: 'gpt-4o' })).toThrow(message)
  })

  test.each<[unknown, string]>([
    [{ model: '' }, 'model must be a non-empty string, got "": name the model that served'],
    [{}, 'model must be a non-empty string, got undefined: name the model that served'],
    [{ model: 'gpt-4o', provider: 3 }, 'provider must be a non-empty string, got 3: name the provider'],
    [
      { model: 'gpt-4o', tier: null },
      'tier must be a non-empty string, got null: pass the `service_tier` of the response',
    ],
    [
      { model: 'gpt-4o', at: new Date('x') },
      'at must be a valid Date or milliseconds since the epoch, got Invalid Date',
    ],
    [{ model: 'gpt-4o', at: '2026-01-01' }, 'at must be a valid Date or milliseconds since the epoch, got 2026-01-01'],
  ])('context %j', (context, message) => {
    expect(() => tracker.estimate({ prompt_tokens: 1 }, context as PriceContext)).toThrow(message)
  })
})
