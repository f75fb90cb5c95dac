import { type Filling, noAttributes, readAttribute, readRequest } from './protobuf-values.ts'
import type { Resource, Scope, Span, SpanEvent, SpanLink } from './telemetry.ts'
import { WireReader } from './wire-reader.ts'

/**
 * Reads the spans of an `ExportTraceServiceRequest` (opentelemetry/proto/trace/v1/trace.proto), one after the other.
 *
 * @throws MalformedOtlpError where the bytes are none, perhaps after some spans.
 */
export function readSpans(body: Uint8Array): Iterable<Span> {
  return readRequest(new WireReader(body), readSpan)
}

/** Most spans have none: they share these, to which nothing is added. */
const NO_EVENTS: SpanEvent[] = []
const NO_LINKS: SpanLink[] = []

/**
 * A span as it is filled. Made by a constructor: of objects that are written down with their fields V8 looks how long the first live, and where it comes to
 * think that they stay, it puts all of them where only a slow collection finds them.
 */
class FilledSpan implements Span {
  traceId = ''
  spanId = ''
  parentSpanId = ''
  name = ''
  kind = 0
  start = 0n
  end = 0n
  events: SpanEvent[] = NO_EVENTS
  links: SpanLink[] = NO_LINKS
  statusCode = 0
  statusMessage = ''
  readonly attributes: Filling = noAttributes()
  readonly resource: Resource
  readonly scope: Scope

  constructor(resource: Resource, scope: Scope) {
    this.resource = resource
    this.scope = scope
  }
}

function readSpan(reader: WireReader, resource: Resource, scope: Scope): Span {
  const span = new FilledSpan(resource, scope)
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 1:
        span.traceId = reader.hex()
        break
      case 2:
        span.spanId = reader.hex()
        break
      case 4:
        span.parentSpanId = reader.hex()
        break
      case 5:
        span.name = reader.text()
        break
      case 6:
        span.kind = reader.number()
        break
      case 7:
        span.start = reader.fixed64()
        break
      case 8:
        span.end = reader.fixed64()
        break
      case 9:
        readAttribute(reader, span.attributes)
        break
      case 11:
        if (span.events === NO_EVENTS) span.events = []
        span.events.push(reader.message(readEvent))
        break
      case 13:
        if (span.links === NO_LINKS) span.links = []
        span.links.push(reader.message(readLink))
        break
      case 15:
        readStatus(reader, span)
        break
      default:
        reader.skip()
    }
  }
  return span
}

function readStatus(reader: WireReader, span: FilledSpan): void {
  const outer = reader.enter()
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) span.statusMessage = reader.text()
    else if (field === 3) span.statusCode = reader.number()
    else reader.skip()
  }
  reader.leave(outer)
}

function readEvent(reader: WireReader): SpanEvent {
  const attributes = noAttributes()
  let time = 0n
  let name = ''
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) time = reader.fixed64()
    else if (field === 2) name = reader.text()
    else if (field === 3) readAttribute(reader, attributes)
    else reader.skip()
  }
  return { name, time, attributes }
}

function readLink(reader: WireReader): SpanLink {
  const attributes = noAttributes()
  let traceId = ''
  let spanId = ''
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) traceId = reader.hex()
    else if (field === 2) spanId = reader.hex()
    else if (field === 4) readAttribute(reader, attributes)
    else reader.skip()
  }
  return { traceId, spanId, attributes }
}
