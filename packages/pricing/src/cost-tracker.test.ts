import { diag, DiagLogLevel } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import { CostTracker } from './cost-tracker.ts'
import type { PriceContext } from './price-context.ts'

const at = new Date('2026-11-24')
const CHAT = { prompt_tokens: 1000, completion_tokens: 500 }
const REALTIME = {
  total_tokens: 300,
  input_tokens: 300,
  output_tokens: 0,
  input_token_details: {
    text_tokens: 100,
    audio_tokens: 200,
    cached_tokens: 150,
    cached_tokens_details: { text_tokens: 50, audio_tokens: 100 },
  },
  output_token_details: { text_tokens: 0, audio_tokens: 0 },
}
const IMAGE = { input_tokens: 50, output_tokens: 1056, input_tokens_details: { text_tokens: 50, image_tokens: 0 } }
const TRANSCRIPT = { type: 'tokens', input_tokens: 14, input_token_details: { audio_tokens: 14 }, output_tokens: 45 }
const DETAILED = {
  prompt_tokens: 1200,
  completion_tokens: 300,
  total_tokens: 1500,
  prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0 },
}

describe('the usage of every endpoint is taken as the API returned it', () => {
  const tracker = new CostTracker()

  test.each<[string, object | null, PriceContext, string]>([
    ['a chat completion', CHAT, { model: 'gpt-4o-mini' }, '0.00045'],
    ['a chat completion with details', DETAILED, { model: 'gpt-4o' }, '0.00472'],
    ['a response', { input_tokens: 1000, output_tokens: 500 }, { model: 'gpt-4o-mini' }, '0.00045'],
    ['a call', { inputTokens: 1000, outputTokens: 500 }, { model: 'gpt-4o-mini' }, '0.00045'],
    ['an embedding', { prompt_tokens: 8, total_tokens: 8 }, { model: 'text-embedding-3-small' }, '0.00000016'],
    // 50 at 5 USD a million, 1056 at 40.
    ['an image', IMAGE, { model: 'gpt-image-1' }, '0.04249'],
    ['images by the piece', null, { model: 'dall-e-3', request: { n: 2, size: '1024x1792', quality: 'hd' } }, '0.24'],
    ['an image nobody described', null, { model: 'dall-e-3' }, '0.04'],
    // 14 at 2.5, 45 at 10.
    ['a transcription by tokens', TRANSCRIPT, { model: 'gpt-4o-transcribe' }, '0.000485'],
    ['a transcription by seconds', { type: 'duration', seconds: 60.5 }, { model: 'whisper-1' }, '0.00605'],
    ['speech', { input_characters: 1000 }, { model: 'tts-1' }, '0.015'],
    ['a video', null, { model: 'sora-2', request: { seconds: 8, size: '1280x720' } }, '0.8'],
    ['a moderation', null, { model: 'omni-moderation-latest' }, '0'],
    // 1000 at 0.1 USD a million; what is decided is free.
    ['a decision', { input_tokens: 1000, output_tokens: 50 }, { model: 'gpt-6-luna', operation: 'decision' }, '0.0001'],
    ['response.done', REALTIME, { model: 'gpt-realtime' }, '0.00346'],
  ])('%s', (_, usage, context, usd) => {
    expect(tracker.estimate(usage, { at, ...context }).usd).toBe(usd)
  })
})

describe('estimate', () => {
  const tracker = new CostTracker()

  test('tells the lines of the bill, where the prices are from, and the tier', () => {
    expect(tracker.estimate(CHAT, { model: 'gpt-4o-mini', at })).toEqual({
      usd: '0.00045',
      parts: [
        { part: 'input', units: 1000, usdPerMillion: '0.15', picoUsd: 150_000_000n, usd: '0.00015' },
        { part: 'output', units: 500, usdPerMillion: '0.6', picoUsd: 300_000_000n, usd: '0.0003' },
      ],
      source: expect.stringContaining('https://'),
      priceDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      tier: 'standard',
    })
  })

  test('prices the model that served, in the tier that served, at the time of the call', () => {
    const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 }
    const usd = (context: PriceContext): string | null => tracker.estimate(usage, context).usd
    expect(usd({ model: 'gpt-4o-mini', responseModel: 'gpt-4o-2024-08-06', at })).toBe('2.5')
    expect(usd({ model: 'o3', at: new Date('2025-06-09') })).toBe('10')
    expect(usd({ model: 'o3', at: Date.parse('2025-06-10') })).toBe('2')
    expect(usd({ model: 'o3', at: '2025-06-09T23:59:59Z' })).toBe('10')
    expect(usd({ model: 'o3', at, serviceTier: 'flex' })).toBe('1')
    expect(usd({ model: 'o3', at, requestedServiceTier: 'flex', serviceTier: 'default' })).toBe('2')
    expect(usd({ model: 'o3', at, requestedServiceTier: 'flex' })).toBeNull()
    expect(usd({ model: 'o3', at, operation: 'batch_retrieval' })).toBe('1')
  })

  test("charges the calls of the provider's tools", () => {
    const context = { model: 'gpt-4.1', at, toolCalls: { web_search: 3, file_search: 2 } }
    const { usd, parts } = tracker.estimate({ input_tokens: 1000, output_tokens: 500 }, context)
    expect(usd).toBe('0.041')
    expect(parts.map(({ part, usd: amount }) => [part, amount])).toEqual([
      ['input', '0.002'],
      ['output', '0.004'],
      ['web_search', '0.03'],
      ['file_search', '0.005'],
    ])
  })

  test.each<[string, string, Record<string, number>, string]>([
    ['the preview of web search, by a model that does not reason', 'gpt-4.1', { web_search_preview: 2 }, '0.05'],
    ['the preview of web search, by one that does', 'o4-mini', { web_search_preview: 2 }, '0.02'],
    ['containers of 1 GB', 'gpt-5', { code_interpreter: 2 }, '0.06'],
    ['containers of more', 'gpt-5', { code_interpreter_4g: 1, code_interpreter_64g: 1 }, '2.04'],
    ['tools of a fine-tuned model', 'ft:gpt-4.1-2025-04-14:acme::1', { file_search: 4 }, '0.01'],
  ])('%s are fees', (_, model, toolCalls, usd) => {
    expect(tracker.estimate({ input_tokens: 0, output_tokens: 0 }, { model, at, toolCalls }).usd).toBe(usd)
  })

  test('prices of your own for a model of OpenAI leave the fees of its tools as they are; other models pay none', () => {
    const own = { provider: 'openai', models: ['gpt-4o', 'my-llama'], rates: { input: '0', output: '0' } }
    const mine = new CostTracker({ prices: { source: 'mine', date: '2026-11-01', prices: [own] } })
    const context = { at, toolCalls: { web_search: 1 } }
    expect(mine.estimate(CHAT, { ...context, model: 'gpt-4o' }).usd).toBe('0.01')
    expect(mine.estimate(CHAT, { ...context, model: 'my-llama' }).unpriced).toBe('unknown_unit')
  })

  test('a server of your own costs nothing only when you say so', () => {
    const own = { provider: 'vllm', models: ['llama-3.1-8b'], rates: { input: '0', cache_read: '0', output: '0' } }
    const mine = new CostTracker({ prices: { source: 'our own machines', date: '2026-11-01', prices: [own] } })
    const context = { model: 'llama-3.1-8b', provider: 'vllm', at }
    expect(mine.estimate(DETAILED, context)).toMatchObject({ usd: '0', source: 'our own machines' })
    expect(tracker.estimate(DETAILED, context)).toMatchObject({ usd: null, unpriced: 'unknown_provider' })
  })

  test.each<[string, PriceContext, string | null]>([
    ['is not looked up', { model: 'gpt-4o-mini', provider: 'azure' }, null],
    [
      'stands back behind the model that served',
      { model: 'x', responseModel: 'gpt-4o-mini', provider: 'azure' },
      '0.00045',
    ],
    [
      'is what the context says',
      { model: 'x', provider: 'azure', azure: { deployments: { x: 'gpt-4o-mini' } } },
      '0.00045',
    ],
    [
      'may be named apart from what was asked for',
      { model: 'gpt-4o', provider: 'azure.ai.openai', azure: { deployment: 'mine' } },
      '0.00045',
    ],
    ['processes in its zone', { model: 'mine', provider: 'azure', azure: { zone: 'eu' } }, '0.000495'],
  ])('an Azure deployment %s', (_, context, usd) => {
    const azure = { deployments: { mine: 'gpt-4o-mini' } }
    expect(new CostTracker({ azure }).estimate(CHAT, { at, ...context }).usd).toBe(usd)
  })

  test('the host says the region, however it is written', () => {
    const entry = {
      provider: 'openai',
      models: ['mine'],
      zoneFactors: { eu: '1.1' },
      rates: { input: '1', output: '2' },
    }
    const prices = { source: 'the contract', date: '2026-11-01', prices: [entry] }
    const usd = (host: string): string | null =>
      new CostTracker({ prices }).estimate(CHAT, { model: 'mine', at, host }).usd
    expect(usd('api.openai.com')).toBe('0.002')
    expect(usd('eu.api.openai.com')).toBe('0.0022')
    expect(usd('https://eu.api.openai.com/v1')).toBe('0.0022')
  })

  test.each<[string, object, string, string]>([
    ['openrouter', { ...CHAT, cost: 0.000_110_18 }, 'openrouter', '0.00011018'],
    [
      'openrouter, with a key of one’s own',
      { ...CHAT, cost: 0, is_byok: true, cost_details: { upstream_inference_cost: 0.036_079_5 } },
      'openrouter',
      '0.0360795',
    ],
    ['perplexity', { ...CHAT, cost: { input_tokens_cost: 0.001, total_cost: 0.0061 } }, 'perplexity', '0.0061'],
    ['x_ai', { ...CHAT, cost_in_usd_ticks: 37_756_000 }, 'x_ai', '0.0037756'],
  ])('what the provider itself says wins: %s', (_, usage, provider, usd) => {
    const estimate = tracker.estimate(usage, { model: 'nobody-knows', provider, at })
    expect(estimate).toMatchObject({ usd, source: 'provider', priceDate: '2026-11-24' })
    expect(estimate.parts.reduce((sum, part) => sum + part.picoUsd, 0n)).toBe(BigInt(Math.round(Number(usd) * 1e12)))
  })

  test('a cost by somebody who is not known to report in USD is not believed', () => {
    expect(tracker.estimate({ ...CHAT, cost: 9 }, { model: 'gpt-4o-mini', at }).usd).toBe('0.00045')
    const inEuro = { ...CHAT, cost: { total_cost: 9, currency: 'EUR' } }
    expect(tracker.estimate(inEuro, { model: 'nobody-knows', provider: 'perplexity', at }).unpriced).toBe(
      'unknown_model',
    )
  })

  test.each<[string, object | null, PriceContext]>([
    ['no_usage', null, { model: 'gpt-4o' }],
    ['unknown_model', CHAT, { model: 'gpt-99' }],
    ['unknown_provider', CHAT, { model: 'gpt-4o', provider: 'my-gateway' }],
    ['unknown_tier', CHAT, { model: 'gpt-4o', serviceTier: 'flex' }],
    ['unknown_unit', { ...CHAT, prompt_tokens_details: { audio_tokens: 1 } }, { model: 'gpt-4o' }],
    ['unknown_unit', CHAT, { model: 'gpt-4o', toolCalls: { time_travel: 1 } }],
    ['unknown_deployment', CHAT, { model: 'gpt-4o', provider: 'azure' }],
  ])('what is unknown is never zero: %s', (unpriced, usage, context) => {
    const nothing = { usd: null, parts: [], source: null, priceDate: null, tier: null }
    expect(tracker.estimate(usage, { at, ...context })).toMatchObject({ unpriced, ...nothing })
  })

  test('records nothing', () => {
    tracker.estimate(CHAT, { model: 'gpt-4o', at })
    expect(tracker.totals().calls).toBe(0)
  })
})

const silent = (): void => {}

describe('what makes no sense throws nothing, has no cost, and says why', () => {
  const tracker = new CostTracker()

  test.each<[unknown, string]>([
    [{ prompt_tokens: -5, completion_tokens: 1 }, 'inputTokens of the usage is no count'],
    [{ prompt_tokens: '12' }, 'prompt_tokens of the usage is no count'],
    [{ input_tokens: 1, output_tokens: Number.NaN }, 'outputTokens of the usage is no count'],
    [{ inputTokens: 1e18, outputTokens: 1 }, 'inputTokens of the usage is no count'],
    [
      { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 20 } },
      'cacheReadTokens of the usage is more than the total that it is a part of',
    ],
    [{ type: 'duration', seconds: -1 }, 'seconds of the usage is no count'],
    [{ tokens: 3 }, 'usage counts nothing that is known: it has the fields [tokens]'],
    [42, 'usage must be an object, got 42'],
  ])('usage %j', (usage, problem) => {
    expect(tracker.estimate(usage as object, { model: 'gpt-4o', at })).toMatchObject({ usd: null, problem })
  })

  test.each<[unknown, string, string]>([
    [undefined, 'unknown_model', 'model must be a text that is not empty, got undefined'],
    [{ model: '' }, 'unknown_model', 'model must be a text that is not empty, got ""'],
    [{ model: 'gpt-4o', provider: 3 }, 'unknown_provider', 'provider must be a text that is not empty, got 3'],
    [{ model: 'gpt-4o', serviceTier: '' }, 'unknown_tier', 'serviceTier must be a text that is not empty, got ""'],
    [
      { model: 'gpt-4o', at: new Date('x') },
      'invalid_usage',
      'at must be a valid Date, milliseconds since the epoch, or a text such as "2026-11-24T12:00:00Z", got object',
    ],
    [
      { model: 'gpt-4o', at: 'Jan 1, 2026' },
      'invalid_usage',
      'at must be a valid Date, milliseconds since the epoch, or a text such as "2026-11-24T12:00:00Z", got "Jan 1, 2026"',
    ],
    [
      { model: 'gpt-4o', toolCalls: { web_search: -1 } },
      'invalid_usage',
      'toolCalls.web_search must be a whole number from 0 up, got -1',
    ],
  ])('context %j', (context, unpriced, problem) => {
    expect(tracker.estimate(CHAT, context as PriceContext)).toMatchObject({ usd: null, unpriced, problem })
  })

  test('one warning each', () => {
    const said: string[] = []
    const warn = (line: string): void => void said.push(line)
    diag.setLogger({ verbose: silent, debug: silent, info: silent, error: silent, warn }, DiagLogLevel.WARN)
    for (let time = 0; time < 2; time++) tracker.record({ output_tokens: 'lots' }, { model: 'gpt-4o', at })
    diag.disable()
    expect(said).toEqual(['tokenmeter: CostTracker: output_tokens of the usage is no count. It has no cost.'])
  })

  test.each([
    [{ prices: '/nowhere/prices.json' }, '/nowhere/prices.json cannot be used:\n  ENOENT'],
    [{ prices: { prices: [{}] } }, 'prices[0].provider must be a text that is not empty, got nothing'],
    [{ azure: { deployments: { mine: 3 } } }, 'azure.deployments must be deployments with their models'],
    [{ currency: { code: 'XYZ' } }, 'currency.code must be a currency of ISO 4217 such as "EUR", got "XYZ"'],
  ])('but settings are refused at once: %j', (options, message) => {
    expect(() => new CostTracker(options as never)).toThrow(message)
  })
})
