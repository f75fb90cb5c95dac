import { noAttributes, readAttribute, readRequest, readValue } from './protobuf-values.ts'
import type { AttributeValue, LogRecord, Resource, Scope } from './telemetry.ts'
import { WireReader } from './wire-reader.ts'

/**
 * Reads the records of an `ExportLogsServiceRequest` (opentelemetry/proto/logs/v1/logs.proto).
 *
 * @throws MalformedOtlpError when the bytes are none.
 */
export function readLogs(body: Uint8Array): LogRecord[] {
  return [...readRequest(new WireReader(body), readRecord)]
}

function readRecord(reader: WireReader, resource: Resource, scope: Scope): LogRecord {
  const attributes = noAttributes()
  let happened = 0n
  let observed = 0n
  let severity = 0
  let severityText = ''
  let body: AttributeValue = null
  let traceId = ''
  let spanId = ''
  let eventName = ''
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 1:
        happened = reader.fixed64()
        break
      case 2:
        severity = reader.number()
        break
      case 3:
        severityText = reader.text()
        break
      case 5:
        body = reader.message((inner) => readValue(inner))
        break
      case 6:
        readAttribute(reader, attributes)
        break
      case 9:
        traceId = reader.hex()
        break
      case 10:
        spanId = reader.hex()
        break
      case 11:
        observed = reader.fixed64()
        break
      case 12:
        eventName = reader.text()
        break
      default:
        reader.skip()
    }
  }
  const time = happened === 0n ? observed : happened
  return { resource, scope, time, severity, severityText, body, attributes, traceId, spanId, eventName }
}
