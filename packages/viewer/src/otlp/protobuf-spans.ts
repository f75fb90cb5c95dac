import { noAttributes, readAttribute, readRequest } from './protobuf-values.ts'
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

function readSpan(reader: WireReader, resource: Resource, scope: Scope): Span {
  const attributes = noAttributes()
  const events: SpanEvent[] = []
  const links: SpanLink[] = []
  let traceId = ''
  let spanId = ''
  let parentSpanId = ''
  let name = ''
  let kind = 0
  let start = 0n
  let end = 0n
  let status = UNSET
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 1:
        traceId = reader.hex()
        break
      case 2:
        spanId = reader.hex()
        break
      case 4:
        parentSpanId = reader.hex()
        break
      case 5:
        name = reader.text()
        break
      case 6:
        kind = reader.number()
        break
      case 7:
        start = reader.fixed64()
        break
      case 8:
        end = reader.fixed64()
        break
      case 9:
        readAttribute(reader, attributes)
        break
      case 11:
        events.push(reader.message(readEvent))
        break
      case 13:
        links.push(reader.message(readLink))
        break
      case 15:
        status = reader.message(readStatus)
        break
      default:
        reader.skip()
    }
  }
  return {
    resource,
    scope,
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    start,
    end,
    attributes,
    events,
    links,
    statusCode: status.code,
    statusMessage: status.message,
  }
}

interface Status {
  readonly code: number
  readonly message: string
}

const UNSET: Status = { code: 0, message: '' }

function readStatus(reader: WireReader): Status {
  let { code, message } = UNSET
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) message = reader.text()
    else if (field === 3) code = reader.number()
    else reader.skip()
  }
  return { code, message }
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
