import {
  attributesOf,
  bigintOf,
  idOf,
  type Json,
  listOf,
  numberOf,
  objectOf,
  readJsonRequest,
  textOf,
} from './json-values.ts'
import type { Resource, Scope, Span, SpanEvent, SpanLink } from './telemetry.ts'

/**
 * Reads the spans of an `ExportTraceServiceRequest` in JSON.
 *
 * @throws MalformedOtlpError naming the field that is wrong.
 */
export function readJsonSpans(body: Uint8Array): Span[] {
  return readJsonRequest<Span>(body, ['resourceSpans', 'scopeSpans', 'spans'], (span, resource, scope, spans) => {
    spans.push(spanOf(span, resource, scope))
  })
}

function spanOf(span: Json, resource: Resource, scope: Scope): Span {
  const status = objectOf(span['status'], 'status')
  return {
    resource,
    scope,
    traceId: idOf(span['traceId'], 'traceId'),
    spanId: idOf(span['spanId'], 'spanId'),
    parentSpanId: idOf(span['parentSpanId'], 'parentSpanId'),
    name: textOf(span['name'], 'name'),
    kind: numberOf(span['kind'], 'kind'),
    start: bigintOf(span['startTimeUnixNano'], 'startTimeUnixNano'),
    end: bigintOf(span['endTimeUnixNano'], 'endTimeUnixNano'),
    attributes: attributesOf(span['attributes']),
    events: listOf(span['events'], 'events').map((event) => eventOf(objectOf(event, 'an event'))),
    links: listOf(span['links'], 'links').map((link) => linkOf(objectOf(link, 'a link'))),
    statusCode: numberOf(status['code'], 'status.code'),
    statusMessage: textOf(status['message'], 'status.message'),
  }
}

function eventOf(event: Json): SpanEvent {
  return {
    name: textOf(event['name'], 'name of an event'),
    time: bigintOf(event['timeUnixNano'], 'timeUnixNano of an event'),
    attributes: attributesOf(event['attributes']),
  }
}

function linkOf(link: Json): SpanLink {
  return {
    traceId: idOf(link['traceId'], 'traceId of a link'),
    spanId: idOf(link['spanId'], 'spanId of a link'),
    attributes: attributesOf(link['attributes']),
  }
}
