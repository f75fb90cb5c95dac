import { expect, test } from 'vitest'
import type { CallSpan } from '../src/call-span.ts'
import { readSamples } from '../src/metrics-page.ts'
import { agrees, reconcile } from '../src/reconcile.ts'
import type { PageTotals } from '../src/viewer-page.ts'
import type { ServedCall } from '../src/served.ts'

const SERVED: readonly ServedCall[] = [
  {
    model: 'gpt-4.1-mini-2025-04-14',
    statuses: [429, 200],
    usage: { inputTokens: 1000, cachedTokens: 400, outputTokens: 100, reasoningTokens: 0 },
    cut: false,
  },
  {
    model: 'gpt-5-mini-2025-08-07',
    statuses: [200],
    usage: { inputTokens: 10, cachedTokens: 0, outputTokens: 50, reasoningTokens: 40 },
    cut: false,
  },
  { model: 'gpt-4.1-mini-2025-04-14', statuses: [200], cut: true },
  { model: 'gpt-4.1-mini', statuses: [400], cut: false },
  { model: 'gpt-4.1-mini', statuses: [429, 429, 429], cut: false },
]

const SPAN: CallSpan = { operation: '', model: '', status: '', startMs: 0, durationSeconds: 0, attempts: 1 }

const SPANS: readonly CallSpan[] = [{ ...SPAN, cachedTokens: 400 }, { ...SPAN, reasoningTokens: 40 }, SPAN, SPAN, SPAN]

const PAGE = `# HELP ai_requests_total Finished logical calls
# TYPE ai_requests_total counter
ai_requests_total{model="gpt-4.1-mini",status="success"} 1
ai_requests_total{model="gpt-5-mini",status="success"} 1
ai_requests_total{model="gpt-4.1-mini",status="cancelled"} 1
ai_requests_total{model="gpt-4.1-mini",status="error"} 1
ai_requests_total{model="gpt-4.1-mini",status="rate_limit"} 1
ai_tokens_total{model="gpt-4.1-mini",token_type="prompt"} 1000
ai_tokens_total{model="gpt-5-mini",token_type="prompt"} 10
ai_tokens_total{model="gpt-4.1-mini",token_type="completion"} 100
ai_tokens_total{model="gpt-5-mini",token_type="completion"} 50
ai_rate_limit_hits_total{reason="tokens"} 4
ai_retries_total{reason="rate_limit"} 3
ai_unpriced_requests_total{reason="no_usage"} 1
ai_cost_total{model="gpt-4.1-mini"} 0.00044
ai_cost_total{model="gpt-5-mini"} 0.0001025
`

const TOTALS: PageTotals = {
  calls: 5,
  errors: 1,
  rateLimits: 1,
  cancelled: 1,
  rateLimitHits: 4,
  retries: 3,
  inputTokens: 1010,
  cachedTokens: 400,
  outputTokens: 150,
  cost: '0.0005425',
  unpriced: 1,
  durationSeconds: 5,
  p50: 1,
  p95: 1,
  p99: 1,
}

const differences = (page: string, spans: readonly CallSpan[], totals: PageTotals = TOTALS): string[] =>
  reconcile(SERVED, readSamples(page), spans, totals)
    .filter((check) => !agrees(check))
    .map(({ name, served, recorded }) => `${name}: ${served} / ${recorded}`)

test('the same books on both sides agree in every total', () => {
  expect(differences(PAGE, SPANS)).toEqual([])
})

test('one token too few is found', () => {
  expect(differences(PAGE.replace('} 1000', '} 999'), SPANS)).toEqual(['tokens, prompt: 1010 / 1009'])
})

test('a cost that charges cached tokens in full is found', () => {
  expect(differences(PAGE.replace('0.00044', '0.00056'), SPANS)).toEqual(['cost in USD: 0.0005425 / 0.0006625'])
})

test('an empty page agrees in nothing that was served', () => {
  expect(differences('', [])).toHaveLength(13)
})

test('a model without a list price is an error of the demo, not a cost of 0', () => {
  const unlisted: ServedCall = {
    model: 'gpt-unheard-of',
    statuses: [200],
    usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1, reasoningTokens: 0 },
    cut: false,
  }
  expect(() => reconcile([unlisted], [], [], TOTALS)).toThrow('no price for gpt-unheard-of')
})

test('a total that the viewer shows otherwise is a difference', () => {
  expect(differences(PAGE, SPANS, { ...TOTALS, cost: '0.0005426', calls: 6 })).toEqual([
    'spans (page): 5 / 6',
    'cost in USD (page): 0.0005425 / 0.0005426',
  ])
})
