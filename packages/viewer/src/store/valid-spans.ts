import type { Span } from '../otlp/telemetry.ts'
import type { PartialSuccess } from '../receiver/answer.ts'

const TRACE_ID = /^[0-9a-f]{32}$/
const SPAN_ID = /^[0-9a-f]{16}$/
const NO_TRACE_ID = '0'.repeat(32)
const NO_SPAN_ID = '0'.repeat(16)
/** 2^63 - 1, in the year 2262: what a column holds. */
const LAST_NANOSECOND = 9_223_372_036_854_775_807n

/** Spans that can be shown, and what to tell of those that cannot: they have no valid id, or a time that no clock shows. */
export function validSpans(spans: readonly Span[]): {
  readonly spans: readonly Span[]
  readonly partial: PartialSuccess | undefined
} {
  const valid = spans.filter(isValid)
  const rejected = spans.length - valid.length
  if (rejected === 0) return { spans: valid, partial: undefined }
  const message = `${rejected} of ${spans.length} spans have no valid trace id, span id or time`
  return { spans: valid, partial: { rejected, message } }
}

function isValid({ traceId, spanId, start, end }: Span): boolean {
  const hasIds = traceId !== NO_TRACE_ID && spanId !== NO_SPAN_ID && TRACE_ID.test(traceId) && SPAN_ID.test(spanId)
  return hasIds && start > 0n && start <= LAST_NANOSECOND && end <= LAST_NANOSECOND
}
