/** Stretches of time that a person picks. */
export const SPANS = {
  '15m': { label: '15 min', ms: 15 * 60_000 },
  '1h': { label: '1 hour', ms: 3_600_000 },
  '6h': { label: '6 hours', ms: 6 * 3_600_000 },
  '24h': { label: '24 hours', ms: 86_400_000 },
  '7d': { label: '7 days', ms: 7 * 86_400_000 },
} as const

export type SpanName = keyof typeof SPANS

/** The range of an address: `span=1h`, or `from` and `to` in milliseconds. */
export function rangeOf(query: URLSearchParams, now: number): { readonly from: number; readonly to: number } {
  const from = Number(query.get('from'))
  const to = Number(query.get('to'))
  if (from > 0 && to > from) return { from, to }
  // In whole seconds, so that the same question is not asked anew with every picture.
  const end = Math.ceil(now / 1000) * 1000 + 1000
  return { from: end - SPANS[spanOf(query)].ms, to: end }
}

export function spanOf(query: URLSearchParams): SpanName {
  const span = query.get('span')
  return span !== null && span in SPANS ? (span as SpanName) : '1h'
}
