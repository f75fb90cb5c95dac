import { registerHooks } from 'node:module'
import { expect, test } from 'vitest'
import { CostTracker, preloadPrices } from '../src/index.ts'

test('without the price list calls have no cost, the reason is told, and loading is tried once', () => {
  let attempts = 0
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== '@pydantic/genai-prices') return nextResolve(specifier, context)
      attempts += 1
      throw new Error('the package is not installed')
    },
  })
  try {
    const tracker = new CostTracker()
    const context = { model: 'mistral-large-latest', provider: 'mistral_ai' }
    const unavailable = { unpriced: 'price_table_unavailable', usd: null }
    expect(tracker.estimate({ prompt_tokens: 1 }, context)).toMatchObject(unavailable)
    expect(tracker.estimate({ prompt_tokens: 1 }, context)).toMatchObject(unavailable)
    expect(preloadPrices()?.message).toMatch(/^The price list @pydantic\/genai-prices cannot be loaded/)
    expect(preloadPrices()?.cause).toEqual(new Error('the package is not installed'))
    expect(attempts).toBe(1)
  } finally {
    hooks.deregister()
  }
})
