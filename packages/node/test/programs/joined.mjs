import { metrics, trace } from '@opentelemetry/api'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider } from '@opentelemetry/sdk-metrics'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { register } from '@tokenmeter/node'

const spanExporter = new InMemorySpanExporter()
const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: metricExporter })] })

const startSdk = () => {
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })] }),
  )
  metrics.setGlobalMeterProvider(meterProvider)
}

const [order] = process.argv.slice(2)
if (order === 'before') startSdk()
const handle = register(order === 'after' ? { sdk: 'join' } : {})
if (order === 'after') startSdk()

const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-test' })
await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello?' }] })

await meterProvider.forceFlush()
const names = metricExporter
  .getMetrics()
  .flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics: all }) => all.map(({ descriptor }) => descriptor.name)),
  )
console.log(
  spanExporter
    .getFinishedSpans()
    .map(({ name }) => name)
    .join(),
  names.includes('ai.tokens'),
)
console.log(await handle.metricsUrl)
