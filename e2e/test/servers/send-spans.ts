import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'

/** A span to send, in the shape of OTLP/JSON. */
export interface SpanToSend {
  readonly traceId: string
  readonly spanId: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number>>
  readonly failed?: boolean
  /** Default 1. */
  readonly seconds?: number
}

/** A span of a trace of its own. */
export function span(name: string, rest: Partial<SpanToSend> = {}): SpanToSend {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name,
    attributes: {},
    ...rest,
  }
}

/** Sends spans in one request, and sees to it that all of them are accepted. */
export async function sendSpans(otlpUrl: string, service: string, spans: readonly SpanToSend[]): Promise<void> {
  const end = BigInt(Date.now()) * 1_000_000n
  const encoded = spans.map(({ traceId, spanId, name, attributes, failed, seconds = 1 }) => ({
    traceId,
    spanId,
    name,
    kind: 3,
    startTimeUnixNano: String(end - BigInt(Math.round(seconds * 1e9))),
    endTimeUnixNano: String(end),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: encodeValue(value) })),
    ...(failed && { status: { code: 2 } }),
  }))
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] }
  const response = await fetch(`${otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: encoded }] }] }),
  })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ partialSuccess: {} })
}

function encodeValue(value: string | number): object {
  if (typeof value === 'string') return { stringValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
