import type { CallSpan } from './call-span.ts'
import { type Sample, sum } from './metrics-page.ts'
import { priceOf } from './prices.ts'
import type { PageTotals } from './viewer-page.ts'
import { type ServedCall, type ServedStatus, statusOf } from './served.ts'

/** One total, counted by the provider and measured by Tokenmeter. */
export interface Check {
  readonly name: string
  readonly served: number
  readonly recorded: number
}

/** Statuses in the order of the report. */
const STATUSES: readonly ServedStatus[] = ['success', 'error', 'rate_limit', 'cancelled']

const PICO_PER_USD = 1e12

/** Compares what the provider served with what `/metrics`, the spans and the viewer's page say. */
export function reconcile(
  served: readonly ServedCall[],
  samples: readonly Sample[],
  spans: readonly CallSpan[],
  page: PageTotals,
): Check[] {
  const checks = checksOf(served, samples, spans)
  const servedAs = (name: string): number => checks.find((check) => check.name === name)?.served ?? Number.NaN
  const shown: Readonly<Record<string, number>> = {
    'requests, error': page.errors,
    'requests, rate_limit': page.rateLimits,
    'requests, cancelled': page.cancelled,
    'tokens, prompt': page.inputTokens,
    'tokens, completion': page.outputTokens,
    'rate-limit hits': page.rateLimitHits,
    retries: page.retries,
    'answers without usage': page.unpriced,
    spans: page.calls,
    'cost in USD': Number(page.cost),
  }
  const onPage = Object.entries(shown).map(([name, recorded]) => ({
    name: `${name} (page)`,
    served: servedAs(name),
    recorded,
  }))
  return [...checks, ...onPage]
}

function checksOf(served: readonly ServedCall[], samples: readonly Sample[], spans: readonly CallSpan[]): Check[] {
  const answered = served.flatMap(({ usage }) => usage ?? [])
  return [
    ...STATUSES.map((status) => ({
      name: `requests, ${status}`,
      served: served.filter((call) => statusOf(call) === status).length,
      recorded: sum(samples, 'ai_requests_total', { status }),
    })),
    {
      name: 'tokens, prompt',
      served: total(answered, ({ inputTokens }) => inputTokens),
      recorded: sum(samples, 'ai_tokens_total', { token_type: 'prompt' }),
    },
    {
      name: 'tokens, completion',
      served: total(answered, ({ outputTokens }) => outputTokens),
      recorded: sum(samples, 'ai_tokens_total', { token_type: 'completion' }),
    },
    {
      name: 'tokens, cached (spans)',
      served: total(answered, ({ cachedTokens }) => cachedTokens),
      recorded: total(spans, ({ cachedTokens }) => cachedTokens ?? 0),
    },
    {
      name: 'tokens, reasoning (spans)',
      served: total(answered, ({ reasoningTokens }) => reasoningTokens),
      recorded: total(spans, ({ reasoningTokens }) => reasoningTokens ?? 0),
    },
    {
      name: 'rate-limit hits',
      served: total(served, ({ statuses }) => statuses.filter((status) => status === 429).length),
      recorded: sum(samples, 'ai_rate_limit_hits_total'),
    },
    {
      name: 'retries',
      served: total(served, ({ statuses }) => Math.max(0, statuses.length - 1)),
      recorded: sum(samples, 'ai_retries_total'),
    },
    {
      name: 'answers without usage',
      served: served.filter((call) => call.usage === undefined && call.statuses.at(-1) === 200).length,
      recorded: sum(samples, 'ai_unpriced_requests_total'),
    },
    { name: 'spans', served: served.length, recorded: spans.length },
    {
      name: 'cost in USD',
      served: costUsd(served),
      recorded: round(sum(samples, 'ai_cost_total')),
    },
  ]
}

/** Whether a total is the same on both sides. */
export function agrees({ served, recorded }: Check): boolean {
  return served === recorded
}

/** Cost of all answers by hand-written list prices, added up in whole pico-USD. */
function costUsd(served: readonly ServedCall[]): number {
  let pico = 0n
  for (const { model, usage } of served) {
    if (!usage) continue
    const cost = priceOf(model, usage)
    if (cost === undefined) throw new Error(`prices.ts has no price for ${model}, which the mock served`)
    pico += cost
  }
  return Number(pico) / PICO_PER_USD
}

/** Doubles that were added up in another order differ in the last bits: compared to the pico-USD, which is where prices end. */
function round(usd: number): number {
  return Math.round(usd * PICO_PER_USD) / PICO_PER_USD
}

function total<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((sofar, item) => sofar + count(item), 0)
}
