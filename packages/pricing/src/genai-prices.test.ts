import { describe, expect, test } from 'vitest'
import { genaiPrices } from './genai-prices.ts'

const day = new Date('2026-11-24')

function find(provider: string, model: string, at: Date = day, tier = 'standard'): ReturnType<typeof genaiPrices.find> {
  return genaiPrices.find({ provider, model, day: at, tier, zone: 'global' })
}

describe('a rate card', () => {
  test('has the prices of the list as decimal strings, and says where they are from', () => {
    expect(find('openai', 'gpt-4o-2024-11-20').card).toEqual({
      provider: 'openai',
      model: 'gpt-4o-2024-11-20',
      listedAs: 'gpt-4o',
      tier: 'standard',
      zone: 'global',
      source: 'genai-prices@0.1.8',
      date: '2026-09-23',
      rates: {
        input: '2.5',
        cache_read: '1.25',
        cache_write: '2.5',
        input_image: '2.5',
        cache_read_image: '1.25',
        output: '10',
      },
      longContext: [],
    })
  })

  test('is frozen all the way down', () => {
    const card = find('openai', 'gpt-5.5').card!
    const [step] = card.longContext
    for (const part of [card, card.rates, card.longContext, step, step?.rates]) expect(Object.isFrozen(part)).toBe(true)
  })

  test('has the whole request at other rates beyond a length of the prompt', () => {
    const { rates, longContext } = find('openai', 'gpt-5.5').card!
    expect(rates).toMatchObject({ input: '5', cache_read: '0.5', output: '30' })
    expect(longContext).toMatchObject([
      { aboveInputTokens: 271_999, rates: { input: '10', cache_read: '1', output: '45' } },
    ])
  })

  test('charges cached input in full where no discount is listed', () => {
    expect(find('openai', 'gpt-5-pro').card?.rates).toMatchObject({ input: '15', cache_read: '15' })
  })

  test('has a rate for cache writes where they cost extra', () => {
    expect(find('openai', 'gpt-5.6-sol').card?.rates).toMatchObject({ input: '4', cache_write: '5', cache_read: '0.4' })
  })

  test('knows no price for audio that is not listed', () => {
    const { rates } = find('openai', 'gpt-4o-audio-preview').card!
    expect(rates.input_audio).toBeUndefined()
    expect(rates.output_audio).toBeUndefined()
  })

  test('knows no price for cached input of a fine-tuned model', () => {
    const { rates } = find('openai', 'ft:gpt-4o-2024-08-06:acme::abc').card!
    expect(rates).toMatchObject({ input: '3.75', output: '15' })
    expect(rates.cache_read).toBeUndefined()
  })

  test('knows no price for cache writes that have two', () => {
    expect(find('anthropic', 'claude-sonnet-4-5').card?.rates.cache_write).toBeUndefined()
  })
})

describe('prices have dates', () => {
  test.each([
    ['2025-06-09', '10', '40'],
    ['2025-06-10', '2', '8'],
  ])('o3 on %s', (date, input, output) => {
    expect(find('openai', 'o3', new Date(date)).card?.rates).toMatchObject({ input, output })
  })

  test('the cut of gpt-5.6-sol came on 2026-08-21', () => {
    expect(find('openai', 'gpt-5.6-sol', new Date('2026-08-20')).card?.rates.input).toBe('5')
    expect(find('openai', 'gpt-5.6-sol', new Date('2026-08-21')).card?.rates.input).toBe('4')
  })
})

describe('names', () => {
  test.each([
    ['openai', 'GPT-4o ', 'gpt-4o'],
    ['openai', 'openai/gpt-4o', 'gpt-4o'],
    ['openai', 'gpt-4o-20240806', 'gpt-4o'],
    ['groq', 'openai/gpt-oss-120b', 'openai/gpt-oss-120b'],
    ['azure.ai.openai', 'o4-mini-2025-04-16', 'o4-mini'],
    ['azure', 'gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
    ['aws.bedrock', 'openai.gpt-oss-120b-1:0', 'openai.gpt-oss-120b-1:0'],
    ['mistral_ai', 'mistral-large-latest', 'mistral-large'],
    ['openrouter', 'openai/gpt-4o-mini', 'openai/gpt-4o-mini'],
    ['together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
    ['cerebras', 'llama-3.3-70b', 'llama-3.3-70b'],
    ['cloudflare', '@cf/meta/llama-3.1-8b-instruct', '@cf/meta/llama-3.1-8b-instruct'],
    ['novita', 'deepseek/deepseek-r1', 'deepseek/deepseek-r1'],
    ['ovhcloud', 'gpt-oss-120b', 'gpt-oss-120b'],
    ['zai', 'glm-5.2', 'GLM-5.2'],
  ])('%s: %s is listed as %s', (provider, model, listedAs) => {
    expect(find(provider, model).card?.listedAs).toBe(listedAs)
  })

  test.each([
    ['openai', 'gpt-99'],
    ['openai', 'my-gpt-4o'],
    ['openai', 'gpt-4o-2031-01-01'],
    ['openai', 'anthropic/claude-sonnet-4-5'],
    ['openrouter', 'openai/gpt-4o-mini:free'],
    ['openrouter', 'gpt-4o-mini'],
    ['azure.ai.openai', 'my-o4-mini-replacement'],
    ['azure.ai.openai', 'o4-mini-deep-research'],
    ['gcp.gemini', 'gemini-1.5-flash-8b'],
  ])('%s: %s is unknown', (provider, model) => {
    expect(find(provider, model)).toEqual({ unpriced: 'unknown_model' })
  })
})

describe('what the list cannot price is unknown', () => {
  test.each([
    'ibm.watsonx.ai',
    'my-gateway',
    'vllm',
    'ollama',
    'huggingface',
    'github_models',
    'vercel_ai_gateway',
    'cloudflare_ai_gateway',
    'sambanova',
    'deepinfra',
    'openai.example',
    'openrouter.ai',
    'azure-gateway',
    'OpenAI',
    'constructor',
    '',
  ])('the provider %j, for which it has no prices, whatever the name begins with', (provider) => {
    expect(find(provider, 'openai/gpt-4o')).toEqual({ unpriced: 'unknown_provider' })
    expect(find(provider, 'gpt-4o')).toEqual({ unpriced: 'unknown_provider' })
  })

  test('a tier other than standard', () => {
    expect(find('openai', 'gpt-4o', day, 'flex')).toEqual({ unpriced: 'unknown_tier' })
  })

  test.each([
    ['openai', 'whisper-1'],
    ['perplexity', 'sonar'],
    ['mistral_ai', 'mistral-ocr-latest'],
    ['openai', 'gpt-4o-mini-search-preview'],
    ['openai', 'o3-deep-research'],
  ])('%s: %s, which is charged by more than tokens', (provider, model) => {
    expect(find(provider, model)).toEqual({ unpriced: 'unknown_unit' })
  })

  test('open weights, which OpenAI does not serve', () => {
    expect(find('openai', 'gpt-oss-120b')).toEqual({ unpriced: 'unknown_model' })
  })

  test('prices by the hour of the day', () => {
    expect(find('deepseek', 'deepseek-chat')).toEqual({ unpriced: 'unknown_model' })
  })
})
