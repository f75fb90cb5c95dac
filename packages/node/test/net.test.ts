import { SpanStatusCode, trace } from '@opentelemetry/api'
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { SCRUB_FAILED } from '@tokenmeter/scrub'
import { describe, expect, test, vi } from 'vitest'
import {
  type NetScope,
  ScrubbingLogRecordProcessor,
  scrubbingMetricExporter,
  ScrubbingNet,
  ScrubbingSpanProcessor,
} from '../src/index.ts'

const MAIL = 'anna.victim@mail.example'
const KEY = 'sk-proj-Zk3vT9qLm2Xw8RbN5yHc7JdF4gPa6SeU1oViT0rQzBnMxCk'
const OURS = '@tokenmeter/instrumentation-openai'

/** Spans as an exporter gets them. */
async function exported(net: ScrubbingNet, make: (provider: TracerProvider) => void): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter()
  const processor = new ScrubbingSpanProcessor(new SimpleSpanProcessor({ exporter }), net)
  const resource = resourceFromAttributes({ 'service.name': 'shop', 'process.command_args': ['--key', KEY] })
  const provider = new TracerProvider({ spanProcessors: [processor], resource })
  make(provider)
  await provider.forceFlush()
  return exporter.getFinishedSpans()
}

function span(scope: string): (provider: TracerProvider) => void {
  return (provider) => {
    const made = provider.getTracer(scope, '1').startSpan(`GET /users/${MAIL}`, {
      attributes: {
        'url.full': `https://example.com/?user=${MAIL}&n=1`,
        'db.query.text': `SELECT * FROM users WHERE mail = '${MAIL}'`,
        'http.request.header.authorization': ['Bearer abc123def456ghi789'],
        'gen_ai.usage.input_tokens': 4155550123,
        'gen_ai.response.id': 'resp_68f0c1a2b3c4819d8e7f6a5b4c3d2e1f',
        'user.id': MAIL,
      },
      links: [
        { context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }, attributes: { who: MAIL } },
      ],
    })
    made.recordException(new Error(`no such user: ${MAIL}, key ${KEY}`))
    made.setStatus({ code: SpanStatusCode.ERROR, message: `refused: ${KEY}` })
    made.end()
  }
}

const shown = (spans: readonly ReadableSpan[]): string =>
  JSON.stringify(
    spans.map(({ name, attributes, events, links, status, resource }) => ({
      name,
      attributes,
      events,
      links,
      status,
      resource: [resource.attributes, resource.getRawAttributes()],
    })),
  )

describe('spans', () => {
  test('of whoever made them leave without what is personal or secret, wherever it stands', async () => {
    const spans = await exported(new ScrubbingNet('all'), span('pg'))
    expect(spans[0]?.name).toBe('GET /users/[EMAIL]')
    expect(spans[0]?.status.message).toBe('refused: [API_KEY]')
    expect(spans[0]?.attributes).toMatchObject({
      'url.full': 'https://example.com/?user=[EMAIL]&n=1',
      'db.query.text': "SELECT * FROM users WHERE mail = '[EMAIL]'",
      'user.id': '[EMAIL]',
    })
    expect(shown(spans)).not.toMatch(/anna|sk-proj|abc123/)
    expect(spans[0]?.events[0]?.attributes?.['exception.stacktrace']).toMatch(
      /^Error: no such user: \[EMAIL\], key \[API_KEY\]\n {4}at /,
    )
  })

  test('keep their counts and ids, their times and their place in the trace', async () => {
    const [clean] = await exported(new ScrubbingNet('all'), span('pg'))
    expect(clean?.attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 4155550123,
      'gen_ai.response.id': 'resp_68f0c1a2b3c4819d8e7f6a5b4c3d2e1f',
    })
    expect(trace.isSpanContextValid(clean?.spanContext() as never)).toBe(true)
    expect(clean).toMatchObject({ kind: 0, ended: true, droppedEventsCount: 0, instrumentationScope: { name: 'pg' } })
    expect(clean?.endTime).toEqual([expect.any(Number), expect.any(Number)])
  })

  test.each([
    'resp_68f0c1a2b3c4819d8e7f6a5b4c3d2e1f',
    'chatcmpl-BxY4155550123abcDEF',
    'req_4111111111111111',
    'call_9Q4155550123',
    'fp_44709d6fcb',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    '5f4dcc3b5aa765d61d8327deb882cf99',
    'gpt-4o-2024-08-06',
  ])('keep the id %s', (id) => {
    const net = new ScrubbingNet('all')
    expect([net.text(id), net.value('gen_ai.response.id', id)]).toEqual([id, id])
  })

  test('of ours keep the address of the server that is asked', () => {
    const attributes = { 'server.address': '10.1.2.3', 'server.port': 8080 }
    expect(new ScrubbingNet('all').attributes(attributes, OURS)).toBe(attributes)
  })

  test('of others are left alone by a net for our own, and of ours what withAI says', async () => {
    const net = new ScrubbingNet('own')
    expect(shown(await exported(net, span('pg')))).toContain(MAIL)
    const [ours] = await exported(net, span(OURS))
    expect(ours?.attributes['user.id']).toBe(MAIL)
    expect(JSON.stringify([ours?.name, ours?.events, ours?.status, ours?.attributes['url.full']])).not.toContain(MAIL)
  })

  test('that the application keeps are as it made them', async () => {
    const kept: ReadableSpan[] = []
    const keep = {
      onStart() {},
      onEnd: (one: ReadableSpan) => void kept.push(one),
      forceFlush: async () => {},
      shutdown: async () => {},
    }
    const net = new ScrubbingSpanProcessor(
      new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() }),
      new ScrubbingNet('all'),
    )
    span('pg')(new TracerProvider({ spanProcessors: [net, keep] }))
    expect(kept[0]?.name).toContain(MAIL)
  })
})

test('log records leave without what is personal or secret in their bodies and attributes', async () => {
  const seen: ReadableLogRecord[] = []
  const inner = {
    onEmit: (record: ReadableLogRecord) => void seen.push(record),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const processors = [new ScrubbingLogRecordProcessor(inner, new ScrubbingNet('all'))]
  const logger = new LoggerProvider({ processors }).getLogger('app')
  logger.emit({
    body: { text: `hello ${MAIL}`, n: 3 },
    attributes: { key: KEY },
    severityText: 'INFO',
    eventName: 'said',
  })
  logger.emit({ body: `hello ${MAIL}` })
  expect(seen.map(({ body, attributes, eventName }) => ({ body, attributes, eventName }))).toEqual([
    { body: { text: 'hello [EMAIL]', n: 3 }, attributes: { key: '[API_KEY]' }, eventName: 'said' },
    { body: 'hello [EMAIL]', attributes: {}, eventName: undefined },
  ])
  expect(seen[0]).toMatchObject({ severityText: 'INFO', instrumentationScope: { name: 'app' } })
})

describe('metrics', () => {
  type Point = readonly [labels: unknown, value: unknown]

  async function points(
    scope: NetScope,
    inner = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
  ): Promise<Record<string, Point[]>> {
    const exporter = scrubbingMetricExporter(inner, new ScrubbingNet(scope))
    const reader = new PeriodicExportingMetricReader({ exporter })
    const meter = new MeterProvider({ readers: [reader] }).getMeter('app')
    for (const user of [MAIL, 'bob.victim@mail.example', 'nobody']) {
      meter.createCounter('requests').add(2, { user })
      meter.createHistogram('seconds', { advice: { explicitBucketBoundaries: [1, 10] } }).record(user.length, { user })
      meter.createGauge('last').record(user.length, { user })
    }
    await reader.forceFlush()
    const metrics = inner.getMetrics()[0]?.scopeMetrics[0]?.metrics ?? []
    return Object.fromEntries(
      metrics.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ attributes, value }): Point => [attributes['user'], value]),
      ]),
    )
  }

  test('have clean labels, and series that become the same are one', async () => {
    expect(await points('all')).toEqual({
      requests: [
        ['[EMAIL]', 4],
        ['nobody', 2],
      ],
      seconds: [
        ['[EMAIL]', { buckets: { boundaries: [1, 10], counts: [0, 0, 2] }, count: 2, sum: 47, min: 23, max: 24 }],
        ['nobody', { buckets: { boundaries: [1, 10], counts: [0, 1, 0] }, count: 1, sum: 6, min: 6, max: 6 }],
      ],
      last: [
        ['[EMAIL]', 23],
        ['nobody', 6],
      ],
    })
  })

  test('of others are left alone by a net for our own', async () => {
    expect((await points('own'))['requests']?.map(([user]) => user)).toContain(MAIL)
  })

  test('are aggregated as the exporter wants', () => {
    const inner = new InMemoryMetricExporter(AggregationTemporality.DELTA)
    const wrapped: PushMetricExporter = scrubbingMetricExporter(inner, new ScrubbingNet('all'))
    expect(wrapped.selectAggregationTemporality?.('COUNTER' as never)).toBe(AggregationTemporality.DELTA)
    expect(wrapped.selectAggregation).toBeUndefined()
  })
})

test('short values are looked through once', () => {
  const net = new ScrubbingNet('all')
  expect(net.text(MAIL)).toBe('[EMAIL]')
  const parse = vi.spyOn(Map.prototype, 'set')
  expect(net.text(MAIL)).toBe('[EMAIL]')
  expect(parse).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

test('what resists being looked through does not leave', () => {
  const net = new ScrubbingNet('all', {
    patterns: [
      {
        name: 'odd',
        pattern: /odd/,
        validate: () => {
          throw new Error('no')
        },
      },
    ],
  })
  expect(net.text(`an odd ${MAIL}`)).toBe(SCRUB_FAILED)
  expect(net.attributes({ a: `an odd ${MAIL}`, b: 1 }, 'app')).toEqual({ a: SCRUB_FAILED, b: 1 })
})
