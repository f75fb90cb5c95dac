import { createRequire } from 'node:module'
import { metrics } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { getMonitor, Recorder } from '../src/index.ts'
import { chatStart, flatPrice, succeeded } from './support/calls.ts'
import { freshCopy } from './support/fresh-copy.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

beforeEach(forgetGlobals)
afterEach(forgetGlobals)

const OPTIONS = { scope: { name: 'test', version: '1.2.3' }, price: flatPrice }
const CHAT = 'model=gpt-4o operation=chat_completion'
const SUCCESSES = `ai.requests ${CHAT} provider=openai status=success`
const PROMPT = `ai.tokens ${CHAT} token_type=prompt`
const COST = `ai.cost ${CHAT} provider=openai`

test('two recorders on one provider share every series', async () => {
  await using telemetry = new Telemetry()
  const recorders = [telemetry.recorder({ price: flatPrice }), telemetry.recorder({ price: flatPrice })]
  for (const recorder of recorders) recorder.start(chatStart()).end(succeeded())
  expect(await telemetry.points('ai.')).toMatchObject({ [SUCCESSES]: 2, [PROMPT]: 200, [COST]: 0.0003 })
})

test('the ESM and the CJS copy of the package share every series', async () => {
  await using telemetry = new Telemetry()
  const copies = [await freshCopy(), await freshCopy()]
  expect(copies[0]?.Recorder).not.toBe(copies[1]?.Recorder)
  for (const copy of copies) telemetry.attach(new copy.Recorder(OPTIONS)).start(chatStart()).end(succeeded())
  expect(await telemetry.points('ai.')).toMatchObject({ [SUCCESSES]: 2, [PROMPT]: 200, [COST]: 0.0003 })
})

test('recorders of both profiles on one provider share the ai series, and each has its own gen_ai series', async () => {
  await using telemetry = new Telemetry()
  for (const semconv of ['v0.1.0', 'v1.41'] as const)
    telemetry.recorder({ semconv }).start(chatStart()).end(succeeded())
  const points = await telemetry.points()
  expect(points[SUCCESSES]).toBe(2)
  const durations = Object.entries(points).filter(([name]) => /^gen_ai\.client\.\w+\.duration /.test(name))
  expect(durations.map(([, value]) => value)).toEqual([
    { count: 1, sum: 1.5 },
    { count: 1, sum: 1.5 },
  ])
})

test('what is counted before there is a provider is in the counters of the first one', async () => {
  const early = new Recorder(OPTIONS)
  early.start(chatStart()).end(succeeded())
  getMonitor().recordCost(0.25, 'chat_completion', { model: 'gpt-4o', provider: 'openai' })
  await using telemetry = new Telemetry()
  metrics.setGlobalMeterProvider(telemetry.meterProvider)
  early.start(chatStart()).end(succeeded())
  const points = await telemetry.points()
  expect(points).toMatchObject({ [SUCCESSES]: 2, [PROMPT]: 200, [COST]: 0.2503 })
  expect(points[`ai.request.duration ${CHAT} status=success`]).toEqual({ count: 1, sum: 1.5 })
})

test('a call that was under way when the provider came is counted once', async () => {
  const call = new Recorder(OPTIONS).start(chatStart())
  await using telemetry = new Telemetry()
  metrics.setGlobalMeterProvider(telemetry.meterProvider)
  call.end(succeeded())
  expect(await telemetry.points()).toMatchObject({ [SUCCESSES]: 1, [PROMPT]: 100, [COST]: 0.00015 })
})

test('two providers have counters of their own', async () => {
  await using one = new Telemetry()
  await using other = new Telemetry()
  one.recorder({ price: flatPrice }).start(chatStart()).end(succeeded())
  other.recorder({ price: flatPrice })
  expect((await one.points())[SUCCESSES]).toBe(1)
  expect((await other.points())[SUCCESSES]).toBeUndefined()
})

test('a call under way while the provider is changed is counted by the new one, and by it alone', async () => {
  await using before = new Telemetry()
  await using after = new Telemetry()
  const recorder = before.recorder({ price: flatPrice })
  const call = recorder.start(chatStart())
  recorder.setMeterProvider(after.meterProvider)
  call.end(succeeded())
  expect([(await before.points())[SUCCESSES], (await after.points())[SUCCESSES]]).toEqual([0, 1])
  expect([(await before.points())[PROMPT], (await after.points())[PROMPT]]).toEqual([undefined, 100])
})

test("OpenTelemetry's no-op provider, of either copy of its API, stands for the global one that is still to come", async () => {
  const cjs = createRequire(import.meta.url)('@opentelemetry/api') as typeof import('@opentelemetry/api')
  expect(cjs.metrics.getMeterProvider()).not.toBe(metrics.getMeterProvider())
  for (const api of [cjs, { metrics }]) {
    forgetGlobals()
    const recorder = new Recorder(OPTIONS)
    recorder.setMeterProvider(api.metrics.getMeterProvider())
    recorder.start(chatStart()).end(succeeded())
    await using telemetry = new Telemetry()
    metrics.setGlobalMeterProvider(telemetry.meterProvider)
    recorder.start(chatStart()).end(succeeded())
    expect(await telemetry.points()).toMatchObject({ [SUCCESSES]: 2, [COST]: 0.0003 })
  }
})

test('instruments are created once, under one scope', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder()
  telemetry.recorder()
  const names = (await telemetry.metrics()).map(({ descriptor }) => descriptor.name)
  expect(names.length).toBe(new Set(names).size)
})
