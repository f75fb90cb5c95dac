import { describe, expect, test } from 'vitest'
import { readPriceFile } from '../price-file.ts'
import { FEE_FILE, overlay, OVERLAY_FILES } from './overlay.ts'

const query = { provider: 'openai', day: new Date('2026-11-27'), tier: 'standard', zone: 'global' }

describe('every figure of the overlay', () => {
  const entries = [...OVERLAY_FILES, FEE_FILE].flatMap((file) => readPriceFile(file, 'the overlay'))

  test('is well-formed, and says where it was read, and when', () => {
    expect(entries.length).toBeGreaterThan(400)
    for (const { source, date } of entries) {
      expect(source).toMatch(/https:\/\//)
      expect(date).toMatch(/^2026-1[01]-\d\d$/)
    }
  })

  test('is there once for each model, tier, zone, size and quality at a time', () => {
    const offers = entries.flatMap(({ models, provider, tiers = ['standard'], zone, sizes, qualities, from, until }) =>
      models.flatMap((model) =>
        tiers.map((tier) => JSON.stringify([provider, model, tier, zone, sizes, qualities, from, until])),
      ),
    )
    const fees = FEE_FILE.prices.flatMap(({ models }) => models).length
    const twice = offers.filter((offer, index) => offers.indexOf(offer) !== index)
    expect(twice.length).toBeLessThanOrEqual(fees)
    expect(twice.filter((offer) => !isAFee(offer))).toEqual([])
  })
})

function isAFee(offer: string): boolean {
  const [provider, model] = JSON.parse(offer) as [string, string]
  return FEE_FILE.prices.some((entry) => entry.provider === provider && entry.models.includes(model))
}

const feesOf = (provider: string, model: string): unknown => overlay.feesOf?.({ ...query, provider, model })

describe('fees of tools', () => {
  test.each([
    ['gpt-4.1', '25000'],
    ['gpt-5', '10000'],
    ['gpt-6.1-sol-2026-09-29', '10000'],
    ['ft:gpt-4.1-2025-04-14:acme::1', undefined],
  ])('of the preview of web search depend on the model: %s', (model, fee) => {
    expect(overlay.feesOf?.({ ...query, model })?.web_search_preview).toBe(fee)
  })

  test('are the same for every model otherwise, at OpenAI and at Azure, and unknown elsewhere', () => {
    expect(feesOf('openai', 'gpt-4o-mini')).toMatchObject({ web_search: '10000', file_search: '2500' })
    expect(feesOf('azure', 'gpt-5')).toEqual({ web_search: '14000', container_1g: '33000' })
    expect(feesOf('openai', 'my-llama')).toBeUndefined()
    expect(feesOf('mistral_ai', 'mistral-large-4')).toBeUndefined()
  })
})
