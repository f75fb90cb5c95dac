import { createNoopMeter, diag, type DiagLogger, type MeterProvider, metrics } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Call, Recorder, RecorderOptions } from '../src/index.ts'
import { chatStart, failed, flatPrice, succeeded } from './support/calls.ts'
import { Diagnostics } from './support/diagnostics.ts'
import { freshCopy } from './support/fresh-copy.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

const SUCCESSES = 'ai.requests model=gpt-4o operation=chat_completion provider=openai status=success'
const COST = 'ai.cost model=gpt-4o operation=chat_completion provider=openai'

let said: Diagnostics
beforeEach(() => {
  said = new Diagnostics()
})
afterEach(() => {
  said[Symbol.dispose]()
  forgetGlobals()
})

const raise = (): never => {
  throw new RangeError('broken')
}

/** A recorder of a copy of the package that has not reported any failure yet. */
async function freshRecorder(telemetry: Telemetry, options: Partial<RecorderOptions> = {}): Promise<Recorder> {
  const { Recorder } = await freshCopy()
  const recorder = new Recorder({ scope: { name: 'test', version: '1.2.3' }, price: flatPrice, ...options })
  return telemetry.attach(recorder)
}

/** Two calls, so that what is said once shows. */
function makeTwoCalls(recorder: Recorder): void {
  recorder.start(chatStart()).end(succeeded())
  recorder.start(chatStart()).end(succeeded())
}

const skipped = (what: string): string =>
  `tokenmeter: ${what} failed and was skipped; the application is not affected (RangeError)`

test('a hook that throws is reported once, and everything is recorded', async () => {
  await using telemetry = new Telemetry()
  makeTwoCalls(await freshRecorder(telemetry, { onCall: raise }))
  expect(said.errors).toEqual([skipped('onCall')])
  expect([telemetry.spans.length, (await telemetry.points())[SUCCESSES]]).toEqual([2, 2])
})

test('a price function that throws makes the cost unknown, not 0', async () => {
  await using telemetry = new Telemetry()
  makeTwoCalls(await freshRecorder(telemetry, { price: raise }))
  expect(said.errors).toEqual([skipped('pricing')])
  expect(telemetry.spans.map(({ attributes }) => attributes['ai.unpriced'])).toEqual([
    'price_table_unavailable',
    'price_table_unavailable',
  ])
  expect(await telemetry.points('ai.cost')).toEqual({ 'ai.cost': 0 })
})

test('a span processor that throws when a span begins costs the spans only', async () => {
  const rest = { forceFlush: async () => {}, shutdown: async () => {} }
  await using telemetry = new Telemetry({ spanProcessors: [{ onStart: raise, onEnd: () => {}, ...rest }] })
  const calls: Call[] = []
  makeTwoCalls(await freshRecorder(telemetry, { onCall: (call) => calls.push(call) }))
  expect(said.errors).toEqual([skipped('starting a call')])
  expect([calls.length, telemetry.spans.length]).toEqual([2, 0])
  expect(await telemetry.points()).toMatchObject({ [SUCCESSES]: 2, [COST]: 0.0003 })
})

test('a span processor that throws when a span ends keeps nothing else from recording', async () => {
  const rest = { forceFlush: async () => {}, shutdown: async () => {} }
  await using telemetry = new Telemetry({ spanProcessors: [{ onStart: () => {}, onEnd: raise, ...rest }] })
  const calls: Call[] = []
  makeTwoCalls(await freshRecorder(telemetry, { onCall: (call) => calls.push(call) }))
  expect(said.errors).toEqual([skipped('the span')])
  expect(calls).toHaveLength(2)
  expect((await telemetry.points())[SUCCESSES]).toBe(2)
})

test('a logger that throws keeps the hook and the metrics', async () => {
  await using telemetry = new Telemetry()
  const calls: Call[] = []
  const recorder = await freshRecorder(telemetry, { onCall: (call) => calls.push(call) })
  recorder.setLoggerProvider({ getLogger: () => ({ emit: raise }) })
  recorder.start(chatStart()).end(failed(500, '500'))
  recorder.start(chatStart()).end(failed(500, '500'))
  expect(said.errors).toEqual([skipped('the events')])
  expect([calls.length, telemetry.spans.length]).toEqual([2, 2])
})

test('a meter provider that throws costs the metrics only', async () => {
  await using telemetry = new Telemetry()
  metrics.setGlobalMeterProvider({ getMeter: raise })
  const { Recorder } = await freshCopy()
  const calls: Call[] = []
  const recorder = new Recorder({
    scope: { name: 'test', version: '1.2.3' },
    onCall: (call) => calls.push(call),
  })
  recorder.setTracerProvider(telemetry.tracerProvider)
  recorder.setLoggerProvider(telemetry.loggerProvider)
  recorder.start(chatStart()).end(failed(500, '500'))
  expect(said.errors).toEqual(['creating instruments', 'starting a call', 'the metrics'].map(skipped))
  expect([calls.length, telemetry.spans.length, telemetry.events.length]).toEqual([1, 1, 1])
})

test('a meter provider that throws when it is handed over is not used', async () => {
  await using telemetry = new Telemetry()
  const recorder = await freshRecorder(telemetry)
  recorder.setMeterProvider({ getMeter: raise })
  makeTwoCalls(recorder)
  expect(said.errors).toEqual([skipped('creating instruments')])
  expect((await telemetry.points())[SUCCESSES]).toBe(2)
})

test('a histogram that throws loses no tokens and no money', async () => {
  await using telemetry = new Telemetry()
  const calls: Call[] = []
  const recorder = await freshRecorder(telemetry, { onCall: (call) => calls.push(call) })
  recorder.setMeterProvider(withBrokenHistograms(telemetry.meterProvider))
  makeTwoCalls(recorder)
  expect(said.errors).toEqual([skipped('the gen_ai metrics'), skipped('the ai metrics')])
  expect(calls).toHaveLength(2)
  expect(await telemetry.points()).toMatchObject({
    [SUCCESSES]: 2,
    [COST]: 0.0003,
    'ai.tokens model=gpt-4o operation=chat_completion token_type=prompt': 200,
  })
})

function withBrokenHistograms(provider: MeterProvider): MeterProvider {
  return {
    getMeter: (name, version) => {
      const meter = provider.getMeter(name, version)
      return Object.assign(Object.create(meter) as typeof meter, { createHistogram: () => ({ record: raise }) })
    },
  }
}

test('a diag logger that throws does not reach the application', async () => {
  await using telemetry = new Telemetry()
  const recorder = await freshRecorder(telemetry, { onCall: raise })
  const logger: DiagLogger = { error: raise, warn: raise, info: raise, debug: raise, verbose: raise }
  diag.setLogger(logger, { suppressOverrideMessage: true })
  expect(() => makeTwoCalls(recorder)).not.toThrow()
  expect(telemetry.spans).toHaveLength(2)
})

test('the record the sinks and the hook see is frozen', async () => {
  await using telemetry = new Telemetry()
  const calls: Call[] = []
  makeTwoCalls(await freshRecorder(telemetry, { onCall: (call) => calls.push(call) }))
  expect(calls.map((call) => Object.isFrozen(call))).toEqual([true, true])
})

test('the hook is told the whole call', async () => {
  await using telemetry = new Telemetry()
  const calls: Call[] = []
  const recorder = await freshRecorder(telemetry, { onCall: (call) => calls.push(call) })
  recorder.start(chatStart()).end(succeeded())
  const { cost } = flatPrice({ ...chatStart(), ...succeeded(), usage: { inputTokens: 0, outputTokens: 0 } })
  const [trace] = telemetry.spans.map((span) => span.spanContext()).map(({ traceId, spanId }) => ({ traceId, spanId }))
  expect(calls).toEqual([{ ...chatStart(), ...succeeded(), usageSource: 'provider', cost, trace }])
})

test('without any SDK a call costs nothing and fails nothing', async () => {
  const { Recorder } = await freshCopy()
  const calls: Call[] = []
  const recorder = new Recorder({ scope: { name: 'test', version: '1' }, onCall: (call) => calls.push(call) })
  recorder.setMeterProvider({ getMeter: () => createNoopMeter() })
  makeTwoCalls(recorder)
  expect([calls.length, said.errors, said.warnings]).toEqual([2, [], []])
})
