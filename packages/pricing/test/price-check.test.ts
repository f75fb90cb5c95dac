import { findProvider } from '@pydantic/genai-prices'
import { describe, expect, test } from 'vitest'
import { COMPARED, genaiQuotes } from '../check/genai-quotes.ts'
import { litellmQuotes } from '../check/litellm-quotes.ts'
import { compare, type Quote } from '../check/quote.ts'
import { explains, readReasons } from '../check/reasons.ts'
import { GENAI_PRICES_SOURCE } from '../src/index.ts'

const reasons = readReasons()
const quote: Quote = {
  provider: 'openai',
  model: 'gpt-4o',
  tier: 'standard',
  zone: 'global',
  part: 'input',
  aboveInputTokens: 0,
  usdPerMillion: '2.5',
}

describe('the check of prices', () => {
  test('explains every difference from the pinned list', () => {
    const quotes = Object.keys(COMPARED).flatMap((id) => genaiQuotes(id, findProvider({ providerId: id })!.models))
    const differences = compare(GENAI_PRICES_SOURCE, quotes)
    expect(quotes.length).toBeGreaterThan(1500)
    expect(differences.filter((difference) => !reasons.some((reason) => explains(reason, difference)))).toEqual([])
  })

  test('finds a figure that is another one, and one that we do not have', () => {
    const quotes = [
      quote,
      { ...quote, usdPerMillion: '2.51' },
      { ...quote, model: 'gpt-99' },
      { ...quote, tier: 'ultrafast' },
    ]
    expect(compare('somebody', quotes)).toMatchObject([
      { usdPerMillion: '2.51', ours: '2.5' },
      { model: 'gpt-99', ours: undefined, unpriced: 'unknown_model' },
      { tier: 'ultrafast', ours: undefined, unpriced: 'unknown_tier' },
    ])
  })

  test('has a reason and its source for everything that it lets pass', () => {
    for (const { reason, source, date } of reasons) {
      expect(reason).not.toBe('')
      expect(source).toMatch(/^https:\/\//)
      expect(date).toMatch(/^2026-\d\d-\d\d$/)
    }
  })

  test('lets no reason stand for what it is not about', () => {
    const [difference] = compare('somebody', [{ ...quote, usdPerMillion: '3' }])
    expect(reasons.filter((reason) => explains(reason, difference!))).toEqual([])
    const about = { model: 'gpt-4*', ours: '2.5', reason: '', source: '', date: '' }
    expect(explains(about, difference!)).toBe(true)
    expect(explains({ ...about, ours: 'none' }, difference!)).toBe(false)
    expect(explains({ ...about, model: 'gpt-4' }, difference!)).toBe(false)
  })

  test("reads the figures of LiteLLM's table: tiers, long prompts, zones and fees", () => {
    const table = {
      'gpt-9': {
        mode: 'chat',
        input_cost_per_token: '0.000002',
        input_cost_per_token_above_272k_tokens_priority: '0.000008',
        regional_processing_uplift_multiplier_eu: '1.1',
        search_context_cost_per_query: { search_context_size_medium: '0.01' },
      },
      'azure/eu/gpt-9': { mode: 'chat', output_cost_per_token_batches: '0.0000055' },
      'high/1024-x-1024/gpt-image-1': { mode: 'image_generation', input_cost_per_token: '1' },
    }
    const read = litellmQuotes(table).map(({ provider, tier, zone, part, aboveInputTokens, usdPerMillion }) =>
      [provider, tier, zone, part, aboveInputTokens, usdPerMillion].join(' '),
    )
    expect(read).toEqual([
      'openai standard global input 0 2',
      'openai priority global input 272000 8',
      'openai standard global web_search 0 10000',
      'openai standard eu input 0 2.2',
      'azure.ai.openai batch eu output 0 5.5',
    ])
  })
})
