import { MeterProvider, type MetricData, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { AggregationTemporality, InMemoryMetricExporter } from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { collectNow } from './collect-now.ts'
import { metricTotal } from './otlp/metric-total.ts'

function setUp() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter })
  const provider = new MeterProvider({ readers: [reader] })
  const meter = provider.getMeter('test')
  const observable = meter.createObservableCounter('observable')
  observable.addCallback((result) => result.observe(7, { model: 'a' }))
  const batched = meter.createObservableGauge('batched')
  meter.addBatchObservableCallback((result) => result.observe(batched, 0.5), [batched])
  meter.createCounter('counter').add(3, { model: 'a' })
  meter.createHistogram('histogram', { unit: 's' }).record(0.2)
  return { reader, meter, provider }
}

const essence = (metrics: readonly MetricData[]): unknown[] =>
  metrics.map(({ descriptor, dataPoints }) => [
    descriptor.name,
    dataPoints.map(({ attributes, value }) => [attributes, value]),
  ])

test('what is collected at once is what the SDK collects later', async () => {
  const { reader, provider } = setUp()
  const now = collectNow(reader)
  const later = (await reader.collect()).resourceMetrics
  expect(essence(now?.scopeMetrics[0]?.metrics ?? [])).toEqual(essence(later.scopeMetrics[0]?.metrics ?? []))
  expect(now?.scopeMetrics[0]?.metrics).toHaveLength(4)
  await provider.shutdown()
})

test('counters and the counts of histograms make the total, gauges do not', async () => {
  const { reader, provider } = setUp()
  const metrics = collectNow(reader)
  expect(metrics && metricTotal(metrics)).toBe(7 + 3 + 1)
  await provider.shutdown()
})

test('a callback that throws, at once or later, costs its own metric and nothing else', async () => {
  const { reader, meter, provider } = setUp()
  meter.createObservableCounter('throws').addCallback(() => {
    throw new Error('on purpose')
  })
  meter.createObservableCounter('rejects').addCallback(() => Promise.reject(new Error('on purpose')))
  expect(collectNow(reader)?.scopeMetrics[0]?.metrics).toHaveLength(4)
  await new Promise(setImmediate)
  await provider.shutdown()
})

test('an SDK whose insides look different yields nothing', () => {
  expect(collectNow({} as never)).toBeUndefined()
})
