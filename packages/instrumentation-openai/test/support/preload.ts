import { writeFileSync } from 'node:fs'
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemoryMetricExporter, AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Call } from '@tokenmeter/meter'
import { installLoadHook, watchOpenAI } from '../../src/watch.ts'

/**
 * Loaded before a program by `--import` or `--require`: starts an OpenTelemetry SDK, watches every openai client, and at exit writes what
 * was recorded into the file that `HARMLESS_CALLS` names. With `HARMLESS_HOOKS=broken` every hook and processor throws, and only after
 * having seen the call.
 */

/** What is written of a call. */
export interface WatchedCall {
  /** Tells which server, and so which scenario, the call went to. */
  readonly port: number | undefined
  /** `operation outcome statuses input/output`. */
  readonly summary: string
}

const broken = process.env['HARMLESS_HOOKS'] === 'broken'
const calls: WatchedCall[] = []

function fail(): never {
  throw new Error('a hook of the application fails')
}

const brokenProcessor: SpanProcessor = {
  onStart: fail,
  onEnd: fail,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
}

function summarise({ operation, outcome, attempts, usage }: Call): string {
  const statuses = attempts.map(({ status }) => status ?? '-').join(',') || '-'
  return `${operation} ${outcome.kind} ${statuses} ${usage ? `${usage.inputTokens}/${usage.outputTokens}` : '-'}`
}

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [broken ? brokenProcessor : new BatchSpanProcessor({ exporter: new InMemorySpanExporter() })] }),
)
metrics.setGlobalMeterProvider(
  new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE) })],
  }),
)

installLoadHook()
const watch = watchOpenAI({
  onCall: (call) => {
    calls.push({ port: call.server?.port, summary: summarise(call) })
    if (broken) fail()
  },
  ...(broken ? { price: fail } : {}),
})

process.on('exit', () => {
  watch.endOpenCalls()
  writeFileSync(process.env['HARMLESS_CALLS'] ?? '', JSON.stringify(calls))
})
