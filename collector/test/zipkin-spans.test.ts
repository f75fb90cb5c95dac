import { expect, test } from 'vitest'
import { zipkinSpans } from '../stack/zipkin-spans.ts'

const START = '1795800000000000000'
const span = {
  traceId: '0123456789abcdef0123456789abcdef',
  spanId: '0123456789abcdef',
  name: 'chat gpt-4o',
  startTimeUnixNano: START,
  endTimeUnixNano: '1795800001500000000',
}

function translate(...spans: object[]): unknown {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'desk' } }] }
  return zipkinSpans({ resourceSpans: [{ resource, scopeSpans: [{ spans: [...spans] as (typeof span)[] }] }] })
}

test('a span is told in the words of Zipkin', () => {
  const attributes = [
    { key: 'gen_ai.usage.input_tokens', value: { intValue: '1009' } },
    { key: 'ai.cost', value: { doubleValue: 0.06 } },
    { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
    { key: 'ai.stream', value: { boolValue: true } },
  ]
  const events = [{ timeUnixNano: '1795800000700000000', name: 'first chunk' }]
  expect(translate({ ...span, parentSpanId: 'fedcba9876543210', kind: 3, attributes, events })).toEqual([
    {
      traceId: span.traceId,
      id: span.spanId,
      parentId: 'fedcba9876543210',
      name: 'chat gpt-4o',
      kind: 'CLIENT',
      timestamp: 1_795_800_000_000_000,
      duration: 1_500_000,
      localEndpoint: { serviceName: 'desk' },
      annotations: [{ timestamp: 1_795_800_000_700_000, value: 'first chunk' }],
      tags: {
        'gen_ai.usage.input_tokens': '1009',
        'ai.cost': '0.06',
        'gen_ai.response.finish_reasons': '["stop"]',
        'ai.stream': 'true',
      },
    },
  ])
})

test('a failed span is an error', () => {
  expect(translate({ ...span, status: { code: 2, message: '429' } })).toMatchObject([
    { tags: { 'otel.status_code': 'ERROR', error: '429' } },
  ])
  expect(translate({ ...span, status: { code: 2 } })).toMatchObject([{ tags: { error: 'true' } }])
})

test('a span without a parent, a kind and a duration has neither parent nor kind, and lasts a microsecond', () => {
  expect(translate({ ...span, endTimeUnixNano: START })).toEqual([
    {
      traceId: span.traceId,
      id: span.spanId,
      name: span.name,
      timestamp: 1_795_800_000_000_000,
      duration: 1,
      localEndpoint: { serviceName: 'desk' },
      annotations: [],
      tags: {},
    },
  ])
})

test('a request without spans has none', () => {
  expect(zipkinSpans({})).toEqual([])
})
