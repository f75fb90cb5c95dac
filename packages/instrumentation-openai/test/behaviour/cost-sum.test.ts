import { type Call, Recorder } from '@tokenmeter/meter'
import { createPriceBook } from '@tokenmeter/pricing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { meters } from '../support/metrics.ts'

/** Pico-USD a token. */
const RATES = {
  'gpt-4o': { input: 2_500_000n, cached: 1_250_000n, output: 10_000_000n },
  'gpt-4o-mini': { input: 150_000n, cached: 75_000n, output: 600_000n },
  'gpt-4.1-nano': { input: 100_000n, cached: 25_000n, output: 400_000n },
} as const

const randomCall = fc.record({
  model: fc.constantFrom('gpt-4o' as const, 'gpt-4o-mini' as const, 'gpt-4.1-nano' as const),
  fresh: fc.nat(500_000),
  cached: fc.nat(500_000),
  output: fc.nat(100_000),
})

test('100,000 random calls cost their exact sum: in the records to the pico-dollar, in the metric to 10⁻⁹ of it', async () => {
  const { provider, read } = meters()
  let recorded = 0n
  const onCall = ({ cost }: Call): void => void (recorded += cost?.picoUsd ?? 0n)
  const { price } = createPriceBook()
  const recorder = new Recorder({ scope: { name: 'test', version: '0' }, price, onCall })
  recorder.setMeterProvider(provider)
  let exact = 0n
  for (const { model, fresh, cached, output } of fc.sample(randomCall, { numRuns: 100_000, seed: 27 })) {
    const rates = RATES[model]
    exact += BigInt(fresh) * rates.input + BigInt(cached) * rates.cached + BigInt(output) * rates.output
    const request = { model, stream: false, parameters: {}, inputIsText: true, outputIsText: true }
    recorder.start({ operation: 'chat_completion', provider: 'openai', request, startTime: Date.now() }).end({
      response: { model },
      usage: { inputTokens: fresh + cached, outputTokens: output, cacheReadTokens: cached },
      attempts: [{ status: 200, duration: 0, endedAfter: 0 }],
      timing: { duration: 0, chunks: 0 },
      outcome: { kind: 'success' },
    })
  }
  expect(recorded).toBe(exact)
  const costs = Object.values((await read('ai.cost')) as Record<string, number>)
  const usd = costs.reduce((sum, cost) => sum + cost, 0)
  expect(Math.abs(usd / (Number(exact) / 1e12) - 1)).toBeLessThan(1e-9)
})
