import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CostTracker } from './cost-tracker.ts'
import type { RequestContext } from './request-bounds.ts'

const at = new Date('2026-11-24')
const HELLO = [{ role: 'user', content: 'Hello there' }]

describe('estimateRequest', () => {
  const tracker = new CostTracker()
  const counting = new CostTracker({ countTokens: (text) => text.split(/\s+/).length })
  const bounds = (params: object, context: RequestContext = {}): unknown[] => {
    const { lower, upper, unbounded, unpriced } = tracker.estimateRequest(params, { at, ...context })
    return [lower, upper, unbounded ?? unpriced]
  }

  test('bounds a request from both sides, before it is made', () => {
    const params = { model: 'gpt-4o-mini', messages: HELLO, max_completion_tokens: 100, n: 2 }
    expect(tracker.estimateRequest(params, { at })).toEqual({
      // One token, read from the cache.
      lower: '0.000000075',
      // 126 at 0.15 USD a million, 200 at 0.6.
      upper: '0.0001389',
      inputTokens: { lower: 1, upper: 126 },
      outputTokens: { lower: 0, upper: 200 },
      source: expect.stringContaining('https://'),
      priceDate: expect.any(String),
      tier: 'standard',
    })
  })

  test('counts tokens where there is a counter', () => {
    const params = { model: 'gpt-4o-mini', messages: HELLO, max_tokens: 1 }
    expect(counting.estimateRequest(params, { at })).toMatchObject({ inputTokens: { lower: 2, upper: 74 } })
  })

  test('a counter that throws, or counts nonsense, leaves no upper bound', () => {
    const params = { model: 'gpt-4o-mini', messages: HELLO, max_tokens: 1 }
    const throwing = new CostTracker({
      countTokens: () => {
        throw new Error('on purpose')
      },
    })
    expect(throwing.estimateRequest(params, { at })).toMatchObject({ upper: null, unbounded: 'input' })
    expect(new CostTracker({ countTokens: () => -1 }).estimateRequest(params, { at }).upper).toBeNull()
  })

  test('without a limit of its own a request may fill the window of its model', () => {
    const { outputTokens } = tracker.estimateRequest({ model: 'gpt-4o-mini', messages: HELLO }, { at })
    expect(outputTokens).toEqual({ lower: 0, upper: 128_000 })
  })

  test.each<[string, object, unknown[]]>([
    ['an embedding', { model: 'text-embedding-3-small', input: ['a', 'b'] }, ['0.00000002', '0.00000198', undefined]],
    ['speech by characters', { model: 'tts-1', voice: 'alloy', input: 'Hi 👋' }, ['0.00006', '0.00006', undefined]],
    ['images by the piece', { model: 'dall-e-3', prompt: 'a cat', n: 2 }, ['0.08', '0.08', undefined]],
    ['images by tokens', { model: 'gpt-image-1', prompt: 'a cat' }, ['0.00000125', null, 'output']],
    [
      'a picture to look at',
      { model: 'gpt-5', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      ['0', null, 'input'],
    ],
    ['a conversation', { model: 'gpt-5', input: 'Go on', previous_response_id: 'r' }, ['0.000000125', null, 'input']],
    [
      'a tool of the provider',
      { model: 'gpt-5', input: 'Go on', max_output_tokens: 9, tools: [{ type: 'web_search' }] },
      ['0.000000125', null, 'tools'],
    ],
    ['a model that nobody knows', { model: 'gpt-99', input: 'Hi' }, [null, null, 'unknown_model']],
    ['no model', {}, [null, null, 'unknown_model']],
  ])('%s', (_, params, expected) => {
    expect(bounds(params)).toEqual(expected)
  })

  test('another tier may be refused: the bounds hold either way', () => {
    const params = { model: 'o3', input: 'Hello', max_output_tokens: 1000 }
    const standard = tracker.estimateRequest(params, { at })
    const flex = tracker.estimateRequest({ ...params, service_tier: 'flex' }, { at })
    const priority = tracker.estimateRequest({ ...params, service_tier: 'priority' }, { at })
    expect([flex.upper, Number(flex.lower) < Number(standard.lower)]).toEqual([standard.upper, true])
    expect([priority.lower, Number(priority.upper) > Number(standard.upper)]).toEqual([standard.lower, true])
  })

  test('on Azure the deployment is not looked up', () => {
    const params = { model: 'gpt-4o-mini', messages: HELLO, max_tokens: 1 }
    expect(bounds(params, { provider: 'azure' })).toEqual([null, null, 'unknown_deployment'])
    const azure = { deployments: { 'gpt-4o-mini': 'gpt-4o' } }
    expect(bounds(params, { provider: 'azure', azure })[0]).toBe('0.00000125')
  })

  test('what is charged in the end is never outside', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 })
    const run = fc.record({ content: text, share: fc.double({ min: 0, max: 1, noNaN: true }), limit: fc.nat(5000) })
    fc.assert(
      fc.property(run, ({ content, share, limit }) => {
        const params = { model: 'gpt-4o-mini', messages: [{ role: 'user', content }], max_tokens: limit }
        const { lower, upper } = tracker.estimateRequest(params, { at })
        // As many tokens as bytes is the worst that a tokenizer can do.
        const input = new TextEncoder().encode(content).length + 7
        const cached = Math.floor(input * share)
        const usage = {
          prompt_tokens: input,
          completion_tokens: Math.floor(limit * share),
          prompt_tokens_details: { cached_tokens: cached },
        }
        const { usd } = tracker.estimate(usage, { model: 'gpt-4o-mini', at })
        expect(Number(usd)).toBeGreaterThanOrEqual(Number(lower))
        expect(Number(usd)).toBeLessThanOrEqual(Number(upper))
      }),
    )
  })
})
