import { SpanKind, SpanStatusCode, trace, ROOT_CONTEXT, type Attributes as ApiAttributes } from '@opentelemetry/api'
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { TracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { array, assert, boolean, dictionary, double, maxSafeInteger, oneof, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { readJsonLogs } from '../src/otlp/json-logs.ts'
import { readJsonMetrics } from '../src/otlp/json-metrics.ts'
import { readJsonSpans } from '../src/otlp/json-spans.ts'
import { readLogs } from '../src/otlp/protobuf-logs.ts'
import { readMetrics } from '../src/otlp/protobuf-metrics.ts'
import { readSpans } from '../src/otlp/protobuf-spans.ts'

const RESOURCE = resourceFromAttributes({ 'service.name': 'désk', 'process.pid': 4711 })
const NANOS_PER_MS = 1_000_000n

function spansOf(describe: (tracer: ReturnType<TracerProvider['getTracer']>) => void): ReadableSpan[] {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({
    resource: RESOURCE,
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  })
  describe(provider.getTracer('a-library', '1.2.3'))
  return exporter.getFinishedSpans()
}

const bytesOf = (serialized: Uint8Array | undefined): Uint8Array => serialized ?? new Uint8Array()

test('spans come back as they were recorded, from protobuf and from JSON', () => {
  const spans = spansOf((tracer) => {
    const parent = tracer.startSpan('the parent', { kind: SpanKind.SERVER, startTime: 1_790_000_000_000 })
    const child = tracer.startSpan(
      'chat gpt-4o',
      {
        kind: SpanKind.CLIENT,
        startTime: 1_790_000_000_250,
        attributes: { 'gen_ai.usage.input_tokens': 1200, 'ai.cost': 0.0047, streamed: true, stops: ['。', 'b'] },
        links: [{ context: parent.spanContext(), attributes: { why: 'a link' } }],
      },
      trace.setSpan(ROOT_CONTEXT, parent),
    )
    child.addEvent('ai.attempt', { 'http.response.status_code': 429 }, 1_790_000_000_300)
    child.setStatus({ code: SpanStatusCode.ERROR, message: 'rate_limit_exceeded' })
    child.end(1_790_000_000_750)
    parent.end(1_790_000_001_000)
  })
  const [child, parent] = spans.map((span) => span.spanContext())
  const expected = {
    resource: { attributes: { 'service.name': 'désk', 'process.pid': 4711 } },
    scope: { name: 'a-library', version: '1.2.3' },
    traceId: child?.traceId,
    spanId: child?.spanId,
    parentSpanId: parent?.spanId,
    name: 'chat gpt-4o',
    kind: 3,
    start: 1_790_000_000_250n * NANOS_PER_MS,
    end: 1_790_000_000_750n * NANOS_PER_MS,
    attributes: { 'gen_ai.usage.input_tokens': 1200, 'ai.cost': 0.0047, streamed: true, stops: ['。', 'b'] },
    events: [
      {
        name: 'ai.attempt',
        time: 1_790_000_000_300n * NANOS_PER_MS,
        attributes: { 'http.response.status_code': 429 },
      },
    ],
    links: [{ traceId: parent?.traceId, spanId: parent?.spanId, attributes: { why: 'a link' } }],
    statusCode: 2,
    statusMessage: 'rate_limit_exceeded',
  }
  const fromProtobuf = [...readSpans(bytesOf(ProtobufTraceSerializer.serializeRequest(spans)))]
  const fromJson = readJsonSpans(bytesOf(JsonTraceSerializer.serializeRequest(spans)))
  expect(plain(fromProtobuf[0])).toEqual(expected)
  expect(fromProtobuf).toHaveLength(2)
  expect(fromProtobuf[1]?.parentSpanId).toBe('')
  expect(plain(fromJson)).toEqual(plain(fromProtobuf))
})

const attributeValue = oneof(
  string({ unit: 'binary', maxLength: 40 }),
  boolean(),
  maxSafeInteger(),
  // The JSON serialiser writes integers beyond 2^53 as rounded numbers.
  double({ noNaN: true, noDefaultInfinity: true }).filter(
    (value) => !Number.isInteger(value) || Number.isSafeInteger(value),
  ),
  array(string(), { maxLength: 4 }),
)
const attributes = dictionary(string({ minLength: 1 }), attributeValue, { maxKeys: 6 })

test('whatever the attributes are, protobuf and JSON say the same', () => {
  assert(
    property(attributes, string(), (held, name) => {
      const spans = spansOf((tracer) => tracer.startSpan(name, { attributes: held as ApiAttributes }).end())
      const fromProtobuf = [...readSpans(bytesOf(ProtobufTraceSerializer.serializeRequest(spans)))]
      const fromJson = readJsonSpans(bytesOf(JsonTraceSerializer.serializeRequest(spans)))
      expect(fromProtobuf[0]?.name).toBe(name)
      expect(plain(fromProtobuf)).toEqual(plain(fromJson))
    }),
  )
})

test('log records come back as they were emitted', async () => {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({
    resource: RESOURCE,
    processors: [new SimpleLogRecordProcessor({ exporter })],
  })
  provider.getLogger('a-library').emit({
    eventName: 'gen_ai.client.inference.operation.details',
    severityNumber: 13,
    severityText: 'WARN',
    timestamp: 1_790_000_000_250,
    body: { text: 'hello', list: [1, { deep: true }], nothing: null },
    attributes: { big: 9_007_199_254_740_991 },
  })
  await provider.forceFlush()
  const records = exporter.getFinishedLogRecords()
  const fromProtobuf = readLogs(bytesOf(ProtobufLogsSerializer.serializeRequest(records)))
  expect(plain(fromProtobuf)).toEqual([
    {
      resource: { attributes: { 'service.name': 'désk', 'process.pid': 4711 } },
      scope: { name: 'a-library', version: '' },
      time: 1_790_000_000_250n * NANOS_PER_MS,
      severity: 13,
      severityText: 'WARN',
      body: { text: 'hello', list: [1, { deep: true }], nothing: null },
      attributes: { big: 9_007_199_254_740_991 },
      traceId: '',
      spanId: '',
      eventName: 'gen_ai.client.inference.operation.details',
    },
  ])
  expect(plain(readJsonLogs(bytesOf(JsonLogsSerializer.serializeRequest(records))))).toEqual(plain(fromProtobuf))
})

async function metricsOf(
  aggregation: AggregationType.DEFAULT | AggregationType.EXPONENTIAL_HISTOGRAM,
): Promise<ResourceMetrics> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({
    resource: RESOURCE,
    readers: [reader],
    views: [{ instrumentName: 'ai.request.duration', aggregation: { type: aggregation } }],
  })
  const meter = provider.getMeter('a-library', '1.2.3')
  meter.createCounter('ai.requests', { unit: '{request}', description: 'calls' }).add(3, { model: 'gpt-4o' })
  meter.createUpDownCounter('ai.open').add(-2)
  meter.createGauge('ai.cost.current').record(0.25)
  const histogram = meter.createHistogram('ai.request.duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.5, 1, 2] },
  })
  for (const seconds of [0.25, 0.75, 0.75, 4]) histogram.record(seconds, { model: 'gpt-4o' })
  await provider.forceFlush()
  const [metrics] = exporter.getMetrics()
  await provider.shutdown()
  if (!metrics) throw new Error('nothing was collected')
  return metrics
}

test('metrics come back with their values, bounds and buckets', async () => {
  const metrics = await metricsOf(AggregationType.DEFAULT)
  const points = readMetrics(bytesOf(ProtobufMetricsSerializer.serializeRequest(metrics)))
  const about = points.map(({ name, unit, attributes: held, point }) => ({ name, unit, attributes: held, point }))
  expect(
    plain(about.toSorted((a, b) => Number(a.point.kind === 'histogram') - Number(b.point.kind === 'histogram'))),
  ).toEqual([
    {
      name: 'ai.requests',
      unit: '{request}',
      attributes: { model: 'gpt-4o' },
      point: { kind: 'sum', value: 3, isMonotonic: true, temporality: 'cumulative' },
    },
    {
      name: 'ai.open',
      unit: '',
      attributes: {},
      point: { kind: 'sum', value: -2, isMonotonic: false, temporality: 'cumulative' },
    },
    { name: 'ai.cost.current', unit: '', attributes: {}, point: { kind: 'gauge', value: 0.25 } },
    {
      name: 'ai.request.duration',
      unit: 's',
      attributes: { model: 'gpt-4o' },
      point: {
        kind: 'histogram',
        temporality: 'cumulative',
        bounds: [0.5, 1, 2],
        buckets: [1, 2, 0, 1],
        count: 4,
        sum: 5.75,
        min: 0.25,
        max: 4,
      },
    },
  ])
  expect(plain(readJsonMetrics(bytesOf(JsonMetricsSerializer.serializeRequest(metrics))))).toEqual(plain(points))
})

test('exponential histograms come back with their scale and buckets', async () => {
  const metrics = await metricsOf(AggregationType.EXPONENTIAL_HISTOGRAM)
  const points = readMetrics(bytesOf(ProtobufMetricsSerializer.serializeRequest(metrics)))
  const { point } = points.find(({ name }) => name === 'ai.request.duration') ?? {}
  if (point?.kind !== 'exponential_histogram') throw new Error(`it is a ${point?.kind}`)
  expect(point).toMatchObject({ count: 4, sum: 5.75, min: 0.25, max: 4, zeroCount: 0 })
  expect(point.positive.counts.reduce((sum, count) => sum + count, 0)).toBe(4)
  const [lowest] = point.positive.counts.keys()
  expect(2 ** ((point.positive.offset + (lowest ?? 0) + 1) * 2 ** -point.scale)).toBeGreaterThanOrEqual(0.25)
  expect(plain(readJsonMetrics(bytesOf(JsonMetricsSerializer.serializeRequest(metrics))))).toEqual(plain(points))
})

/** The same without the missing prototypes of attributes. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, plain(held)]))
}
