import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { OpenAIInstrumentation } from '@tokenmeter/instrumentation-openai'

/** Sets up OpenTelemetry as an application does that has an SDK of its own, and prints the spans at exit. */
const exporter = new InMemorySpanExporter()
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
registerInstrumentations({ instrumentations: [new OpenAIInstrumentation()], tracerProvider })
process.on('exit', () => console.log(JSON.stringify(exporter.getFinishedSpans().map(({ name }) => name))))
