import { writeFileSync } from 'node:fs'
import { findProvider, type ModelInfo } from '@pydantic/genai-prices'
import { LISTED_PROVIDER_IDS } from '../src/providers.ts'

/**
 * Takes out of `@pydantic/genai-prices` what a price book asks of it: names, prices and windows of the models of the providers that we know. The
 * whole package takes 25 to 80 ms and 19 MB to load, which would fall on somebody's call.
 */
export function extractOf(providerId: string): string {
  const provider = findProvider({ providerId })
  if (!provider) throw new Error(`@pydantic/genai-prices has no provider ${providerId}`)
  const { models, fallback_model_providers: fallbacks } = provider
  return JSON.stringify({ ...(fallbacks && { fallbacks }), models: models.map(factsOf) })
}

function factsOf({ id, match, prices, context_window: window }: ModelInfo): object {
  return { id, match, prices, ...(window !== undefined && { window }) }
}

/** The text of `src/generated/genai-prices.ts`. JSON in quotes: it is read provider by provider, when one is asked for. */
export function extractSource(): string {
  const lines = LISTED_PROVIDER_IDS.map((id) => `  '${id}': '${extractOf(id).replaceAll(/['\\]/g, '\\$&')}',`)
  return [
    '// Made by extract/generate.ts out of @pydantic/genai-prices: MIT, see THIRD-PARTY-NOTICES.md. Do not edit.',
    '',
    "/** Models with their prices, as JSON, by the provider's id in the list. */",
    'export const GENAI_PRICES: Readonly<Record<string, string>> = {',
    ...lines,
    '}',
    '',
  ].join('\n')
}

if (import.meta.main) {
  writeFileSync(new URL('../src/generated/genai-prices.ts', import.meta.url), extractSource())
}
