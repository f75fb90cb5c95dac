import type { ServerResponse } from 'node:http'
import type { OtlpFormat } from './receiver.ts'

/** What is told a client that some of what it sent was not taken. */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

/** The field of `Export*PartialSuccess` that counts what was rejected, in JSON. */
export type RejectedField = 'rejectedSpans' | 'rejectedDataPoints' | 'rejectedLogRecords'

const CONTENT_TYPES: Readonly<Record<OtlpFormat, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/** Answers an export in the format it came in: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response. */
export function answerExport(
  response: ServerResponse,
  format: OtlpFormat,
  field: RejectedField,
  partial: PartialSuccess | undefined,
): void {
  response.writeHead(200, { 'content-type': CONTENT_TYPES[format] })
  response.end(format === 'json' ? jsonAnswer(field, partial) : protobufAnswer(partial))
}

function jsonAnswer(field: RejectedField, partial: PartialSuccess | undefined): string {
  if (!partial) return '{}'
  return JSON.stringify({ partialSuccess: { [field]: String(partial.rejected), errorMessage: partial.message } })
}

/** `ExportTraceServiceResponse`, whose siblings for metrics and logs have the same fields: `partial_success` = 1 { rejected = 1, error_message = 2 }. */
function protobufAnswer(partial: PartialSuccess | undefined): Uint8Array {
  if (!partial) return new Uint8Array()
  const message = new TextEncoder().encode(partial.message)
  const fields = [0x08, ...varint(partial.rejected), 0x12, ...varint(message.length), ...message]
  return Uint8Array.from([0x0a, ...varint(fields.length), ...fields])
}

/** Answers what was refused with a `google.rpc.Status`, as OTLP wants it, in the format of the request. */
export function answerRefusal(
  response: ServerResponse,
  format: OtlpFormat,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': CONTENT_TYPES[format], ...headers })
  if (format === 'json') {
    response.end(JSON.stringify({ code: rpcCode(status), message }))
    return
  }
  const text = new TextEncoder().encode(message)
  response.end(Uint8Array.from([0x08, ...varint(rpcCode(status)), 0x12, ...varint(text.length), ...text]))
}

/** `google.rpc.Code`: INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAVAILABLE, INTERNAL. */
function rpcCode(status: number): number {
  if (status === 413 || status === 429) return 8
  if (status === 503) return 14
  return status >= 500 ? 13 : 3
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}
