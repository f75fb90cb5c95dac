import { readJsonSpans } from '../otlp/json-spans.ts'
import { readSpans } from '../otlp/protobuf-spans.ts'
import type { Span } from '../otlp/telemetry.ts'
import type { OtlpExport } from '../receiver/receiver.ts'
import type { PackedBuffers, PackedSpans } from './packed-spans.ts'
import { SpanPacker } from './span-packer.ts'
import { ValidSpans } from './valid-spans.ts'

/** Spans of an export that are packed together where it is written while it is read. */
const SPANS_TOGETHER = 512

/** The body of an export of spans, and how it is written. */
export type SpanExport = Pick<OtlpExport, 'format' | 'body'>

/**
 * Reads an export of spans, and packs all of them.
 *
 * @param buffers those of spans that were packed and written before.
 * @throws MalformedOtlpError when it is none.
 */
export function packWhole(received: SpanExport, buffers?: PackedBuffers): PackedSpans {
  const packer = new SpanPacker(buffers)
  const valid = new ValidSpans(spansOf(received))
  for (const span of valid) packer.add(span)
  return packer.take(valid.partial)
}

/** The same, some spans at a time, so that a large export need not be kept a second time. What to tell of spans that were not taken is in the last. */
export function* packInParts(received: SpanExport): Generator<PackedSpans> {
  let packer = new SpanPacker()
  const valid = new ValidSpans(spansOf(received))
  for (const span of valid) {
    packer.add(span)
    if (packer.count < SPANS_TOGETHER) continue
    yield packer.take()
    packer = new SpanPacker()
  }
  yield packer.take(valid.partial)
}

function spansOf({ format, body }: SpanExport): Iterable<Span> {
  return format === 'json' ? readJsonSpans(body) : readSpans(body)
}
