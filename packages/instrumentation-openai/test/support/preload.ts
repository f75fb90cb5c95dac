import { writeFileSync } from 'node:fs'
import { context, type Meter, type MeterProvider as Meters, metrics, SpanKind, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, InMemorySpanExporter, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Call, CallGate } from '@tokenmeter/meter'
import type { Emitted } from '../../../meter/semconv/emitted.ts'
import { installLoadHook, watchOpenAI } from '../../src/watch.ts'

/*
 * Loaded before a program by `--import` or `--require`: starts an OpenTelemetry SDK, watches every openai client, and at exit writes what
 * was recorded into the file that `HARMLESS_CALLS` names. With `HARMLESS_HOOKS=broken` every hook, processor and instrument throws, and so does the scrubber of
 * content; with `HARMLESS_HOOKS=unasked` no stream is asked for its usage, content is captured, and a gate admits every call a moment later.
 */

/** What is written at exit. */
export interface Watched {
  readonly calls: readonly WatchedCall[]
  /** Of calls. */
  readonly endedSpans: number
  /** Of tools that the client executed. */
  readonly endedToolSpans: number
  /** Written by `preload-signals.ts` only. */
  readonly emitted?: Emitted
}

/** What is written of a call. */
export interface WatchedCall {
  /** Tells which server, and so which scenario, the call went to. */
  readonly port?: number
  /** `operation outcome statuses input/output`. */
  readonly summary: string
}

const broken = process.env['HARMLESS_HOOKS'] === 'broken'
const calls: WatchedCall[] = []
let endedSpans = 0
let endedToolSpans = 0

function fail(): never {
  throw new Error('a hook of the application fails')
}

/** Looks at everything that a gate is shown, and takes its time. */
const lateGate: CallGate = {
  admit: (_call, request) => {
    request?.upperBound()
    const decision = new Promise<undefined>((resolve) => setImmediate(resolve, undefined))
    return { refusal: decision, ended() {} }
  },
}
const brokenGate: CallGate = {
  admit: () => ({ refusal: Promise.reject(new Error('a gate of the application fails')), ended: fail }),
}

const silently = (): Promise<void> => Promise.resolve()
const counter: SpanProcessor = {
  onStart() {},
  onEnd: ({ kind }) => void (kind === SpanKind.INTERNAL ? endedToolSpans++ : endedSpans++),
  forceFlush: silently,
  shutdown: silently,
}
const brokenProcessor: SpanProcessor = { onStart: fail, onEnd: fail, forceFlush: silently, shutdown: silently }
const batches = new BatchSpanProcessor({ exporter: new InMemorySpanExporter() })

const brokenInstrument = { add: fail, record: fail, addCallback() {}, removeCallback() {} }
const brokenMeter = new Proxy({}, { get: () => () => brokenInstrument }) as Meter
const brokenMeters: Meters = { getMeter: () => brokenMeter }
const reader = new PeriodicExportingMetricReader({
  exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
})

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [counter, broken ? brokenProcessor : batches] }))
metrics.setGlobalMeterProvider(broken ? brokenMeters : new MeterProvider({ readers: [reader] }))

installLoadHook()
const watch = watchOpenAI({
  onCall: (call) => {
    calls.push({ ...(call.server && { port: call.server.port }), summary: summarise(call) })
    if (broken) fail()
  },
  ...(broken && {
    price: fail,
    gate: brokenGate,
    capture: 'SPAN_AND_EVENT',
    scrubber: { scrub: fail },
    contentHook: fail,
  }),
  ...(process.env['HARMLESS_HOOKS'] === 'unasked' && { streamUsage: false, gate: lateGate, capture: 'SPAN_AND_EVENT' }),
})

process.on('exit', () => {
  watch.endOpenCalls()
  watch.settleContent(5000)
  const watched: Watched = { calls, endedSpans, endedToolSpans }
  writeFileSync(process.env['HARMLESS_CALLS'] ?? '', JSON.stringify(watched))
})

function summarise({ operation, outcome, attempts, usage }: Call): string {
  const statuses = attempts.map(({ status }) => status ?? '-').join(',') || '-'
  return `${operation} ${outcome.kind} ${statuses} ${usage ? `${usage.inputTokens}/${usage.outputTokens}` : '-'}`
}
