import { metrics } from '@opentelemetry/api'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { Recorder } from '@tokenmeter/meter'
import { afterEach, expect, test } from 'vitest'
import { createLocalHistogramProducer } from '../src/local-histograms.ts'
import { createMetricsReader } from '../src/metrics-reader.ts'

class IdleReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

afterEach(() => metrics.disable())

const GAPS = [0.02, 0.5, 100]

function recordStream(provider: MeterProvider): void {
  const recorder = new Recorder({ scope: { name: 'test', version: '1' } })
  recorder.setMeterProvider(provider)
  const start = {
    operation: 'chat_completion',
    provider: 'openai',
    request: { model: 'gpt-4o-mini', stream: true, parameters: {}, inputIsText: true, outputIsText: true },
    startTime: 1_700_000_000_000,
  } as const
  recorder.start(start).end({
    attempts: [],
    timing: { duration: 1, chunks: 4, timeToFirstChunk: 0.3, chunkGaps: GAPS },
    outcome: { kind: 'success' },
  })
}

test('a claimed provider gives the gaps between chunks once, by the producer and not by the SDK', async () => {
  const producer = createLocalHistogramProducer(resourceFromAttributes({}))
  const reader = new IdleReader({ metricProducers: [producer] })
  const provider = new MeterProvider({ readers: [reader] })
  producer.claim(provider)
  recordStream(provider)
  const { resourceMetrics, errors } = await reader.collect()
  const found = resourceMetrics.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .filter(({ descriptor }) => descriptor.name === 'gen_ai.client.inference.time_per_output_chunk')
  expect(errors).toEqual([])
  expect(found.map(({ dataPoints }) => dataPoints.map(({ value }) => value))).toEqual([
    [
      {
        buckets: {
          boundaries: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
          counts: [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
        },
        count: 3,
        sum: 100.52,
        min: 0.02,
        max: 100,
      },
    ],
  ])
})

test('what is collected at once for the end of the process is what is collected otherwise', async () => {
  const producer = createLocalHistogramProducer(resourceFromAttributes({}))
  const provider = new MeterProvider({ readers: [new IdleReader({ metricProducers: [producer] })] })
  producer.claim(provider)
  recordStream(provider)
  const { resourceMetrics } = await producer.collect()
  const values = (scopes: ReturnType<typeof producer.collectNow>): unknown =>
    scopes.flatMap(({ metrics: list }) => list.flatMap(({ dataPoints }) => dataPoints.map(({ value }) => value)))
  expect(values(producer.collectNow())).toEqual(values(resourceMetrics.scopeMetrics))
})

test('/metrics shows the gaps between chunks under the name they have after OTLP', async () => {
  const producer = createLocalHistogramProducer(resourceFromAttributes({}))
  const reader = createMetricsReader([producer])
  const provider = new MeterProvider({ readers: [reader] })
  producer.claim(provider)
  recordStream(provider)
  const { resourceMetrics } = await reader.collect()
  const names = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name))
  expect(names.filter((name) => name.includes('time_per_output_chunk'))).toEqual([
    'gen_ai_client_inference_time_per_output_chunk_seconds',
  ])
})
