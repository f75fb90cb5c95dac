import { describe, expect, test } from 'vitest'
import type { PriceEntry } from './price-entry.ts'
import { createPriceTable } from './price-table.ts'
import type { PriceQuery, Resolution } from './rate-card.ts'

const ENTRY: PriceEntry = {
  provider: 'openai',
  models: ['gpt-9'],
  rates: { input: '1' },
  source: 'a test',
  date: '2026-11-24',
}

function find(entries: readonly Partial<PriceEntry>[], query: Partial<PriceQuery> = {}): Resolution {
  const table = createPriceTable(entries.map((entry) => ({ ...ENTRY, ...entry })))
  return table.find({
    provider: 'openai',
    model: 'gpt-9',
    day: new Date('2026-11-24T12:00:00Z'),
    tier: 'standard',
    zone: 'global',
    ...query,
  })
}

const inputRate = (...query: Parameters<typeof find>): string | undefined => find(...query).card?.rates.input

describe('the model', () => {
  test('is found by its whole name, in any case and with spaces around it', () => {
    expect(inputRate([{}], { model: ' GPT-9 ' })).toBe('1')
  })

  test.each(['gpt-9-mini', 'gpt', 'my-gpt-9', 'gpt-9-2026-10-01'])('%s is not gpt-9', (model) => {
    expect(find([{}], { model })).toEqual({ unpriced: 'unknown_model' })
  })

  test('may be a dated snapshot where the entry says that they cost the same', () => {
    const resolution = find([{ snapshots: true }], { model: 'gpt-9-2026-10-01' })
    expect(resolution.card).toMatchObject({ model: 'gpt-9-2026-10-01', listedAs: 'gpt-9' })
  })

  test('of a fine-tuned model is the one it was made from, and never that one untuned', () => {
    const entries = [{}, { models: ['ft:gpt-9'], rates: { input: '3' } }]
    expect(inputRate(entries, { model: 'ft:gpt-9:acme::abc123' })).toBe('3')
    expect(find([{}], { model: 'ft:gpt-9:acme::abc123' })).toEqual({ unpriced: 'unknown_model' })
  })

  test("of one provider is not another's", () => {
    expect(find([{}], { provider: 'groq' })).toEqual({ unpriced: 'unknown_model' })
  })

  test('is found by the common name of its provider', () => {
    expect(inputRate([{ provider: 'azure' }], { provider: 'azure.ai.openai' })).toBe('1')
  })
})

describe('the day', () => {
  const cut = [
    { until: '2026-11-24', rates: { input: '2' } },
    { from: '2026-11-24', rates: { input: '1' } },
  ]

  test.each([
    ['2026-11-23', '2'],
    ['2026-11-24', '1'],
  ])('%s has the price of that UTC day', (day, rate) => {
    expect(inputRate(cut, { day: new Date(day) })).toBe(rate)
  })

  test('has no price before the first one', () => {
    expect(find([{ from: '2026-11-25' }])).toEqual({ unpriced: 'unknown_model' })
  })

  test('has the price that began last where several hold', () => {
    const entries = [{ from: '2026-11-02', rates: { input: '5' } }, { from: '2026-11-01' }]
    expect(inputRate(entries)).toBe('5')
  })
})

describe('the tier', () => {
  test('is standard where an entry names none', () => {
    expect(find([{}], { tier: 'flex' })).toEqual({ unpriced: 'unknown_tier' })
  })

  test('may be one of several', () => {
    expect(inputRate([{ tiers: ['priority', 'fast'] }], { tier: 'fast' })).toBe('1')
  })
})

describe('the zone', () => {
  test('does not matter where an entry names none', () => {
    expect(inputRate([{}], { zone: 'eu' })).toBe('1')
  })

  test('multiplies tokens exactly, and no fee', () => {
    const rates = { input: '2.5', output_audio: '0.333', web_search: '10000' }
    const entry = { rates, zoneFactors: { eu: '1.1' }, longContext: [{ aboveInputTokens: 9, rates }] }
    const dearer = { input: '2.75', output_audio: '0.3663', web_search: '10000' }
    expect(find([entry], { zone: 'eu' }).card).toMatchObject({
      zone: 'eu',
      rates: dearer,
      longContext: [{ aboveInputTokens: 9, rates: dearer }],
    })
    expect(find([entry]).card).toMatchObject({ zone: 'global', rates })
  })

  test('that is not sold has no price', () => {
    expect(find([{ zoneFactors: { eu: '1.1' } }], { zone: 'jp' })).toEqual({ unpriced: 'unknown_zone' })
    expect(find([{ zone: 'eu' }])).toEqual({ unpriced: 'unknown_zone' })
  })

  test('with an entry of its own comes before one for all', () => {
    expect(inputRate([{ zone: 'eu', rates: { input: '7' } }, {}], { zone: 'eu' })).toBe('7')
  })
})

describe('size and quality', () => {
  const images = [
    { sizes: ['1024x1024'], qualities: ['standard'], rates: { output_images: '40000' } },
    { sizes: ['1024x1024'], qualities: ['hd'], rates: { output_images: '80000' } },
  ]

  test('decide the price of an image', () => {
    const { card } = find(images, { size: '1024x1024', quality: 'hd' })
    expect(card?.rates).toEqual({ output_images: '80000' })
  })

  test('that have no entry have no price', () => {
    expect(find(images, { size: '512x512', quality: 'hd' })).toEqual({ unpriced: 'unknown_unit' })
    expect(find(images)).toEqual({ unpriced: 'unknown_unit' })
  })
})

test('cards are frozen and say where their figures are from', () => {
  const { card } = find([{ longContext: [{ aboveInputTokens: 10, rates: { input: '2' } }] }])
  expect(card).toEqual({
    provider: 'openai',
    model: 'gpt-9',
    listedAs: 'gpt-9',
    tier: 'standard',
    zone: 'global',
    source: 'a test',
    date: '2026-11-24',
    rates: { input: '1' },
    longContext: [{ aboveInputTokens: 10, rates: { input: '2' } }],
  })
  expect(Object.isFrozen(card) && Object.isFrozen(card?.rates) && Object.isFrozen(card?.longContext)).toBe(true)
})
