import { writeFileSync } from 'node:fs'
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { SemconvProfileName } from '@tokenmeter/meter'
import { Telemetry } from '../../../meter/test/support/telemetry.ts'
import type { Watched } from './preload.ts'
import { installLoadHook, watchOpenAI } from '../../src/watch.ts'

/*
 * Loaded before a program by `--import`: watches every openai client under a real SDK, with every signal on, and writes what was emitted into
 * the file that `HARMLESS_CALLS` names once the program has nothing left to do. The conventions followed are those of `HARMLESS_PROFILE`.
 */

const telemetry = new Telemetry()
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(telemetry.tracerProvider)
metrics.setGlobalMeterProvider(telemetry.meterProvider)

installLoadHook()
const watch = watchOpenAI({
  loggerProvider: telemetry.loggerProvider,
  detailsEvent: true,
  capture: 'SPAN_AND_EVENT',
  administration: true,
  semconv: process.env['HARMLESS_PROFILE'] as SemconvProfileName,
})

process.once('beforeExit', () => {
  watch.endOpenCalls()
  watch.settleContent(5000)
  void telemetry.emitted().then((emitted) => {
    const watched: Watched = { calls: [], endedSpans: 0, endedToolSpans: 0, emitted }
    writeFileSync(process.env['HARMLESS_CALLS'] ?? '', JSON.stringify(watched))
  })
})
