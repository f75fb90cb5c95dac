import { readFile } from 'node:fs/promises'
import { calcPrice, findProvider, type MatchLogic } from '@pydantic/genai-prices'
import type { Usage } from '@tokenmeter/meter'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extractSource } from '../extract/generate.ts'
import { findListedModel } from '../src/genai-models.ts'
import { bill, createPriceBook, GENAI_PRICES_SOURCE } from '../src/index.ts'
import { LISTED_PROVIDER_IDS } from '../src/providers.ts'

const at = new Date('2026-11-24T12:00:00Z')

/** Models whose price is known, over all providers: `gen_ai` name, id in the list, model. */
const MODELS = [
  ['openai', 'openai', 'gpt-3.5-turbo'],
  ['openai', 'openai', 'gpt-4'],
  ['openai', 'openai', 'gpt-4-turbo'],
  ['openai', 'openai', 'gpt-4.1'],
  ['openai', 'openai', 'gpt-4.1-mini'],
  ['openai', 'openai', 'gpt-4.1-nano'],
  ['openai', 'openai', 'gpt-4o'],
  ['openai', 'openai', 'gpt-4o-2024-05-13'],
  ['openai', 'openai', 'gpt-4o-mini'],
  ['openai', 'openai', 'gpt-5'],
  ['openai', 'openai', 'gpt-5-mini'],
  ['openai', 'openai', 'gpt-5-nano'],
  ['openai', 'openai', 'gpt-5-pro'],
  ['openai', 'openai', 'gpt-5.1'],
  ['openai', 'openai', 'gpt-5.2'],
  ['openai', 'openai', 'gpt-5.4'],
  ['openai', 'openai', 'gpt-5.5'],
  ['openai', 'openai', 'gpt-5.6-sol'],
  ['openai', 'openai', 'gpt-5.6-terra'],
  ['openai', 'openai', 'gpt-5.6-luna'],
  ['openai', 'openai', 'gpt-6-sol'],
  ['openai', 'openai', 'o1'],
  ['openai', 'openai', 'o3'],
  ['openai', 'openai', 'o3-pro'],
  ['openai', 'openai', 'o4-mini'],
  ['openai', 'openai', 'text-embedding-3-small'],
  ['openai', 'openai', 'text-embedding-3-large'],
  ['azure.ai.openai', 'azure', 'gpt-4o-2024-11-20'],
  ['azure.ai.openai', 'azure', 'o3-mini-2025-01-31'],
  ['groq', 'groq', 'llama-3.3-70b-versatile'],
  ['mistral_ai', 'mistral', 'mistral-large-latest'],
  ['x_ai', 'x-ai', 'grok-4.3'],
  ['gcp.gemini', 'google', 'gemini-2.5-pro'],
] as const

describe('the list itself agrees', () => {
  const book = createPriceBook()

  test.each(MODELS)('%s (%s): %s', (provider, providerId, model) => {
    const isEmbedding = model.startsWith('text-embedding')
    const most = (count: number): fc.Arbitrary<number> => fc.nat(isEmbedding ? 0 : count)
    const counts = fc.record({ fresh: fc.nat(300_000), cached: most(300_000), output: most(100_000) })
    fc.assert(
      fc.property(counts, ({ fresh, cached, output }) => {
        const usage: Usage = {
          inputTokens: fresh + cached,
          outputTokens: output,
          cacheReadTokens: cached,
        }
        const listed = calcPrice(
          { input_tokens: usage.inputTokens, cache_read_tokens: cached, output_tokens: usage.outputTokens },
          model,
          { providerId, timestamp: at },
        )
        const { cost } = bill(book.resolve(provider, model, at).card!, usage)
        expect(Math.abs(cost!.usd - listed!.total_price)).toBeLessThan(1e-9)
      }),
      { numRuns: 25 },
    )
  })

  test('on audio, cached and not', () => {
    const listed = calcPrice(
      {
        input_tokens: 900,
        input_audio_tokens: 500,
        cache_read_tokens: 300,
        cache_audio_read_tokens: 200,
        output_tokens: 400,
        output_audio_tokens: 350,
      },
      'gpt-realtime',
      { providerId: 'openai', timestamp: at },
    )
    const { cost } = bill(book.resolve('openai', 'gpt-realtime', at).card!, {
      inputTokens: 900,
      outputTokens: 400,
      cacheReadTokens: 300,
      input: { audio: 500 },
      output: { audio: 350 },
      cacheRead: { audio: 200 },
    })
    expect(Math.abs(cost!.usd - listed!.total_price)).toBeLessThan(1e-9)
  })
})

describe('the list we ship', () => {
  test('is the version that prices are said to be from', async () => {
    const { devDependencies } = JSON.parse(await readText('../package.json')) as { devDependencies: object }
    const { version } = JSON.parse(await readText('../node_modules/@pydantic/genai-prices/package.json')) as Version
    expect(GENAI_PRICES_SOURCE).toBe(`genai-prices@${version}`)
    expect(devDependencies).toMatchObject({ '@pydantic/genai-prices': version })
    expect(await readText('../THIRD-PARTY-NOTICES.md')).toContain(
      `(https://github.com/pydantic/genai-prices) ${version}`,
    )
  })

  test('is what `pnpm generate` takes out of that version', async () => {
    expect(await readText('../src/generated/genai-prices.ts')).toBe(extractSource())
  })

  test.each(LISTED_PROVIDER_IDS)('finds the models of %s that the list itself finds', (providerId) => {
    const names = findProvider({ providerId })!.models.flatMap(({ match }) => listedNames(match))
    const dated = names.flatMap((name) => [name, `${name}-20250416`, `my-${name}`, `${name}-2099-02-30`])
    for (const name of new Set(dated.map((text) => text.toLowerCase().trim()))) {
      const listed = calcPrice({}, name, { providerId, timestamp: at })
      expect(findListedModel(providerId, name)?.id, name).toBe(listed?.model.id)
    }
  })

  test.each([
    ['openai', 'openai'],
    ['azure.ai.openai', 'azure'],
    ['anthropic', 'anthropic'],
    ['aws.bedrock', 'aws'],
    ['cerebras', 'cerebras'],
    ['cohere', 'cohere'],
    ['deepseek', 'deepseek'],
    ['fireworks', 'fireworks'],
    ['gcp.gemini', 'google'],
    ['groq', 'groq'],
    ['mistral_ai', 'mistral'],
    ['moonshot_ai', 'moonshotai'],
    ['perplexity', 'perplexity'],
    ['together', 'together'],
    ['x_ai', 'x-ai'],
  ])('has prices for %s, and none that cannot be read', (provider, providerId) => {
    const book = createPriceBook()
    const names = findProvider({ providerId })!.models.flatMap(({ match }) => listedNames(match))
    const cards = names.flatMap((name) => book.resolve(provider, name, at).card ?? [])
    for (const card of cards) bill(card, { inputTokens: 1_000_000, outputTokens: 1 })
    expect(cards.length).toBeGreaterThan(0)
    expect(book.problem).toBeUndefined()
  })
})

/** The texts that the clauses of an entry look for. */
function listedNames(match: MatchLogic): string[] {
  if ('or' in match) return match.or.flatMap(listedNames)
  if ('and' in match) return match.and.flatMap(listedNames)
  return Object.values(match)
}

interface Version {
  readonly version: string
}

async function readText(path: string): Promise<string> {
  return readFile(new URL(path, import.meta.url), 'utf8')
}
