import { attributesOf, bigintOf, idOf, numberOf, readJsonRequest, textOf, valueOf } from './json-values.ts'
import type { LogRecord } from './telemetry.ts'

/**
 * Reads the records of an `ExportLogsServiceRequest` in JSON.
 *
 * @throws MalformedOtlpError naming the field that is wrong.
 */
export function readJsonLogs(body: Uint8Array): LogRecord[] {
  const names = ['resourceLogs', 'scopeLogs', 'logRecords'] as const
  return readJsonRequest<LogRecord>(body, names, (record, resource, scope, records) => {
    const happened = bigintOf(record['timeUnixNano'], 'timeUnixNano')
    records.push({
      resource,
      scope,
      time: happened === 0n ? bigintOf(record['observedTimeUnixNano'], 'observedTimeUnixNano') : happened,
      severity: numberOf(record['severityNumber'], 'severityNumber'),
      severityText: textOf(record['severityText'], 'severityText'),
      body: valueOf(record['body']),
      attributes: attributesOf(record['attributes']),
      traceId: idOf(record['traceId'], 'traceId'),
      spanId: idOf(record['spanId'], 'spanId'),
      eventName: textOf(record['eventName'], 'eventName'),
    })
  })
}
