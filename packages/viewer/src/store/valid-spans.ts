import type { Span } from '../otlp/telemetry.ts'
import type { PartialSuccess } from '../receiver/answer.ts'

const NO_TRACE_ID = '0'.repeat(32)
const NO_SPAN_ID = '0'.repeat(16)
/** 2^63 - 1, in the year 2262: what a column holds. */
const LAST_NANOSECOND = 9_223_372_036_854_775_807n

/** The spans of an export that can be shown, one after the other, and what to tell of those that cannot: they have no valid id, or a time that no clock shows. */
export class ValidSpans {
  readonly #spans: Iterable<Span>
  #seen = 0
  #rejected = 0

  constructor(spans: Iterable<Span>) {
    this.#spans = spans
  }

  /** To be gone through once. */
  *[Symbol.iterator](): Generator<Span> {
    for (const span of this.#spans) {
      this.#seen += 1
      if (isValid(span)) yield span
      else this.#rejected += 1
    }
  }

  /** Known when all have been gone through. */
  get partial(): PartialSuccess | undefined {
    if (this.#rejected === 0) return undefined
    const message = `${this.#rejected} of ${this.#seen} spans have no valid trace id, span id or time`
    return { rejected: this.#rejected, message }
  }
}

function isValid({ traceId, spanId, start, end }: Span): boolean {
  // Whoever read them has made sure that they are hexadecimal.
  const haveLengths = traceId.length === NO_TRACE_ID.length && spanId.length === NO_SPAN_ID.length
  return (
    haveLengths &&
    traceId !== NO_TRACE_ID &&
    spanId !== NO_SPAN_ID &&
    start > 0n &&
    start <= LAST_NANOSECOND &&
    end <= LAST_NANOSECOND
  )
}
