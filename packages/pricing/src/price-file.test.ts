import { expect, test } from 'vitest'
import { PARTS } from './rate-card.ts'
import { PriceFileError, readPriceFile } from './price-file.ts'

const PRICE = { provider: 'openai', models: ['gpt-9'], rates: { input: '1.25' } }

function problemsOf(value: unknown): readonly string[] {
  try {
    readPriceFile(value, 'prices.json')
  } catch (error) {
    if (error instanceof PriceFileError) return error.problems
  }
  return []
}

const problemsOfPrice = (fields: object): readonly string[] =>
  problemsOf({ date: '2026-11-24', prices: [{ ...PRICE, ...fields }] })

test('entries take source and date from the file unless they have their own', () => {
  const file = {
    source: 'the contract',
    date: '2026-11-01',
    prices: [PRICE, { ...PRICE, source: 'a letter', date: '2026-11-02' }],
  }
  expect(readPriceFile(file, 'prices.json')).toEqual([
    { ...PRICE, source: 'the contract', date: '2026-11-01' },
    { ...PRICE, source: 'a letter', date: '2026-11-02' },
  ])
})

test('a file without a source is its own source', () => {
  expect(readPriceFile({ date: '2026-11-01', prices: [PRICE] }, 'prices.json')[0]?.source).toBe('prices.json')
})

test('an entry may have every field', () => {
  const entry = {
    ...PRICE,
    snapshots: true,
    tiers: ['standard', 'flex'],
    zone: 'eu',
    zoneFactors: { us: '1.1' },
    sizes: ['1024x1024'],
    qualities: ['hd'],
    from: '2026-01-01',
    until: '2027-01-01',
    longContext: [{ aboveInputTokens: 272_000, rates: { input: '2.5' } }],
    source: 'the contract',
    date: '2026-11-24',
  }
  expect(readPriceFile({ prices: [entry] }, 'prices.json')).toEqual([entry])
})

test('every wrong field is named at once, with what it holds and what it must hold', () => {
  const file = { prices: [{ ...PRICE, models: [], rates: { input: 1.25, ouput: '10' } }] }
  expect(() => readPriceFile(file, 'prices.json')).toThrow(
    `prices.json cannot be used:
  prices[0].models must be a list of texts that is not empty, such as ["gpt-4o"], got []
  prices[0].rates.ouput is not a field; there is: ${PARTS.join(', ')}
  prices[0].rates.input must be USD for a million units as a decimal in quotes, such as "0.15", got 1.25
  prices[0].date must be a day such as "2026-11-24", got nothing`,
  )
})

test.each([
  [null, 'it must be an object with source, date, prices, got null'],
  [[], 'it must be an object with source, date, prices, got []'],
  [{}, 'prices must be a list, got nothing'],
  [{ prices: {} }, 'prices must be a list, got {}'],
])('%j is no file of prices', (value, problem) => {
  expect(problemsOf(value)).toContain(problem)
})

test.each([
  [{ provider: '' }, 'prices[0].provider must be a text that is not empty, got ""'],
  [
    { models: ['gpt-9', 9] },
    'prices[0].models must be a list of texts that is not empty, such as ["gpt-4o"], got ["gpt-9",9]',
  ],
  [{ from: '24.11.2026' }, 'prices[0].from must be a day such as "2026-11-24", got "24.11.2026"'],
  [
    { from: '2026-11-24', until: '2026-11-24' },
    'prices[0].until must be a day after from (2026-11-24), got "2026-11-24"',
  ],
  [
    { rates: { input: '-1' } },
    'prices[0].rates.input must be USD for a million units as a decimal in quotes, such as "0.15", got "-1"',
  ],
  [
    { rates: { input: '1e-6' } },
    'prices[0].rates.input must be USD for a million units as a decimal in quotes, such as "0.15", got "1e-6"',
  ],
  [{ snapshots: 'yes' }, 'prices[0].snapshots must be true or false, got "yes"'],
  [
    { zoneFactors: { eu: 1.1 } },
    'prices[0].zoneFactors must be a factor in quotes for each zone, such as { "eu": "1.1" }, got {"eu":1.1}',
  ],
  [
    { longContext: [{ aboveInputTokens: -1, rates: {} }] },
    'prices[0].longContext[0].aboveInputTokens must be a whole number from 0 up, got -1',
  ],
])('%j is refused', (fields, problem) => {
  expect(problemsOfPrice(fields)).toEqual([problem])
})
