import type { Cost, Usage } from '@tokenmeter/meter'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fullCard, usage as anyUsage } from '../test/arbitrary.ts'
import { bill } from './bill.ts'
import { genaiPrices } from './genai-prices.ts'
import type { RateCard } from './rate-card.ts'

function card(model: string, day = '2026-11-24'): RateCard {
  return genaiPrices.find({ provider: 'openai', model, day: new Date(day), tier: 'standard', zone: 'global' }).card!
}

function cost(model: string, usage: Usage, day?: string): Cost {
  return bill(card(model, day), usage).cost!
}

describe('exact bills', () => {
  test('gpt-4o-mini', () => {
    expect(cost('gpt-4o-mini', { inputTokens: 1000, outputTokens: 500 })).toEqual({
      picoUsd: 450_000_000n,
      usd: 0.00045,
      breakdown: [
        { part: 'input', units: 1000, usdPerMillion: '0.15', picoUsd: 150_000_000n },
        { part: 'output', units: 500, usdPerMillion: '0.6', picoUsd: 300_000_000n },
      ],
      priceSource: 'genai-prices@0.1.8',
      priceDate: '2026-09-23',
      tier: 'standard',
      zone: 'global',
    })
  })

  test('gpt-4o with cached input, which is charged once', () => {
    const usage = { inputTokens: 1200, outputTokens: 300, cacheReadTokens: 1024, reasoningTokens: 0 }
    expect(cost('gpt-4o', usage).breakdown).toEqual([
      { part: 'input', units: 176, usdPerMillion: '2.5', picoUsd: 440_000_000n },
      { part: 'cache_read', units: 1024, usdPerMillion: '1.25', picoUsd: 1_280_000_000n },
      { part: 'output', units: 300, usdPerMillion: '10', picoUsd: 3_000_000_000n },
    ])
    expect(cost('gpt-4o', usage).picoUsd).toBe(4_720_000_000n)
  })

  test('gpt-5, whose reasoning is output', () => {
    const usage = { inputTokens: 3000, outputTokens: 2000, cacheReadTokens: 1000, reasoningTokens: 1920 }
    expect(cost('gpt-5', usage).picoUsd).toBe(22_625_000_000n)
  })

  test('gpt-5.6-sol with tokens read from and written to the cache', () => {
    const usage = { inputTokens: 10_000, outputTokens: 100, cacheReadTokens: 6000, cacheWriteTokens: 3000 }
    expect(cost('gpt-5.6-sol', usage).picoUsd).toBe(4_000_000_000n + 2_400_000_000n + 15_000_000_000n + 2_000_000_000n)
  })

  test.each([
    ['2025-06-09', 50_000_000_000n],
    ['2025-06-10', 10_000_000_000n],
  ])('o3 on %s', (day, picoUsd) => {
    expect(cost('o3', { inputTokens: 1000, outputTokens: 1000 }, day).picoUsd).toBe(picoUsd)
  })

  test.each([
    [271_999, 1_359_995_000_000n + 30_000_000_000n],
    [272_000, 2_720_000_000_000n + 45_000_000_000n],
  ])('gpt-5.5 with a prompt of %i tokens', (inputTokens, picoUsd) => {
    expect(cost('gpt-5.5', { inputTokens, outputTokens: 1000 }).picoUsd).toBe(picoUsd)
  })

  test('text-embedding-3-small', () => {
    expect(cost('text-embedding-3-small', { inputTokens: 8, outputTokens: 0 }).picoUsd).toBe(160_000n)
  })

  test('gpt-audio, heard and spoken', () => {
    const usage = {
      inputTokens: 100,
      outputTokens: 50,
      input: { text: 40, audio: 60 },
      output: { text: 10, audio: 40 },
    }
    expect(cost('gpt-audio', usage).breakdown).toEqual([
      { part: 'input', units: 40, usdPerMillion: '2.5', picoUsd: 100_000_000n },
      { part: 'input_audio', units: 60, usdPerMillion: '32', picoUsd: 1_920_000_000n },
      { part: 'output', units: 10, usdPerMillion: '10', picoUsd: 100_000_000n },
      { part: 'output_audio', units: 40, usdPerMillion: '64', picoUsd: 2_560_000_000n },
    ])
  })

  test('gpt-realtime with cached audio', () => {
    const usage = {
      inputTokens: 300,
      outputTokens: 0,
      cacheReadTokens: 150,
      input: { text: 100, audio: 200 },
      cacheRead: { text: 50, audio: 100 },
    }
    expect(cost('gpt-realtime', usage).breakdown.map(({ part, units, picoUsd }) => [part, units, picoUsd])).toEqual([
      ['input', 50, 200_000_000n],
      ['cache_read', 50, 20_000_000n],
      ['input_audio', 100, 3_200_000_000n],
      ['cache_read_audio', 100, 40_000_000n],
    ])
  })

  test('images that a chat model reads are input', () => {
    const usage = { inputTokens: 1000, outputTokens: 0, cacheReadTokens: 100, input: { text: 200, image: 800 } }
    expect(cost('gpt-4o', usage).picoUsd).toBe(2_375_000_000n)
  })

  test('nothing used is nothing charged', () => {
    expect(cost('gpt-4o', { inputTokens: 0, outputTokens: 0 })).toMatchObject({ picoUsd: 0n, usd: 0, breakdown: [] })
  })
})

describe('what has no rate makes the whole cost unknown', () => {
  test.each<[string, Usage]>([
    ['gpt-4o-audio-preview', { inputTokens: 10, outputTokens: 10, input: { audio: 5 } }],
    ['gpt-4o-audio-preview', { inputTokens: 10, outputTokens: 10, output: { audio: 5 } }],
    ['gpt-4o', { inputTokens: 10, outputTokens: 10, output: { image: 5 } }],
    ['text-embedding-3-small', { inputTokens: 10, outputTokens: 1 }],
    ['ft:gpt-4o-2024-08-06:acme::abc', { inputTokens: 10, outputTokens: 1, cacheReadTokens: 5 }],
  ])('%s', (model, usage) => {
    expect(bill(card(model), usage)).toEqual({ unpriced: 'unknown_unit' })
  })

  test('cached tokens that must be audio, but are not said to be', () => {
    const usage = { inputTokens: 100, outputTokens: 0, cacheReadTokens: 60, input: { audio: 80 } }
    expect(bill(card('gpt-realtime'), usage)).toEqual({ unpriced: 'unknown_unit' })
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5, 1e18, 'many'])(
    'output of %s tokens is no usage',
    (outputTokens) => {
      const usage = { inputTokens: 1, outputTokens } as Usage
      expect(bill(card('gpt-4o'), usage)).toEqual({ unpriced: 'no_usage' })
    },
  )
})

describe('for any usage and any card', () => {
  test('the parts add up to the total', () => {
    fc.assert(
      fc.property(fullCard, anyUsage, (anyCard, usage) => {
        const { picoUsd, breakdown } = bill(anyCard, usage).cost!
        expect(breakdown.reduce((sum, part) => sum + part.picoUsd, 0n)).toBe(picoUsd)
      }),
    )
  })

  test('every token is charged once', () => {
    fc.assert(
      fc.property(fullCard, anyUsage, (anyCard, usage) => {
        const tokens = bill(anyCard, usage).cost!.breakdown.filter(({ part }) => part !== 'request')
        const units = tokens.reduce((sum, part) => sum + part.units, 0)
        expect(units).toBe(usage.inputTokens + usage.outputTokens)
      }),
    )
  })

  test('more tokens never cost less', () => {
    const cards = fc.constantFrom('gpt-4o-mini', 'gpt-5.5', 'gpt-5.6-luna', 'gpt-realtime').map((model) => card(model))
    const text = fc.record({ inputTokens: fc.nat({ max: 400_000 }), outputTokens: fc.nat({ max: 400_000 }) })
    fc.assert(
      fc.property(cards, text, text, (anyCard, usage, more) => {
        const inputTokens = usage.inputTokens + more.inputTokens
        const outputTokens = usage.outputTokens + more.outputTokens
        const larger = bill(anyCard, { inputTokens, outputTokens }).cost!.picoUsd
        expect(larger).toBeGreaterThanOrEqual(bill(anyCard, usage).cost!.picoUsd)
      }),
    )
  })

  test('cost is proportional to usage within one step of the prompt length', () => {
    const text = fc.record({ inputTokens: fc.nat({ max: 10_000 }), outputTokens: fc.nat({ max: 10_000 }) })
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 27 }), (usage, factor) => {
        const scaled = { inputTokens: usage.inputTokens * factor, outputTokens: usage.outputTokens * factor }
        const once = bill(card('gpt-5.5'), usage).cost!.picoUsd
        expect(bill(card('gpt-5.5'), scaled).cost!.picoUsd).toBe(once * BigInt(factor))
      }),
    )
  })
})
