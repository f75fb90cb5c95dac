import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOffSampler, type ReadableSpan, type Sampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CallEnd, type CallStart, claimSpanAttributes, Recorder } from '../src/index.ts'
import { ANSWERED, chatStart, embeddingStart, failed, flatPrice, priceInFrancs, succeeded } from './support/calls.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

beforeEach(forgetGlobals)
afterEach(forgetGlobals)

const SCOPE = { name: 'test', version: '1.2.3' }

const PARAMETERS = { temperature: 0.5, stopSequences: ['\n', 'END'], seed: 7, outputType: 'json' } as const
const STREAM = { ...chatStart().request, stream: true, parameters: PARAMETERS }
const CALLS: readonly (readonly [CallStart, CallEnd])[] = [
  [chatStart(), succeeded()],
  [
    chatStart({ request: STREAM, attribution: { feature: 'search', tenant: 'acme', user: 'u1' } }),
    succeeded({ timing: { duration: 2, timeToFirstChunk: 0.25, chunks: 3, chunkGaps: [0.1, 0.2] } }),
  ],
  [embeddingStart(), succeeded({ response: { model: 'text-embedding-3-small', dimensions: 256 } })],
  [chatStart({ provider: 'groq' }), failed(429, 'rate_limit_exceeded')],
  [chatStart(), succeeded({ attempts: [{ ...ANSWERED, status: 500, requestId: 'req_1' }, ANSWERED] })],
  [
    chatStart(),
    succeeded({ units: { webSearches: 2 }, response: { id: 'chatcmpl-2', finishReasons: ['stop', 'length'] } }),
  ],
]

interface Claimed extends AsyncDisposable {
  readonly spans: ReadableSpan[]
  readonly provider: TracerProvider
}

/** An SDK whose spans are claimed. */
function claimed(sampler?: Sampler): Claimed {
  const spans: ReadableSpan[] = []
  const resource = resourceFromAttributes({ 'service.name': 'claimed' })
  claimSpanAttributes(resource)
  const keep = { onStart() {}, onEnd: (span: ReadableSpan) => void spans.push(span) }
  const provider = new TracerProvider({
    resource,
    spanProcessors: [{ ...keep, forceFlush: async () => {}, shutdown: async () => {} }],
    ...(sampler && { sampler }),
  })
  return { spans, provider, [Symbol.asyncDispose]: () => provider.shutdown() }
}

const whatItSays = ({ name, kind, attributes, status, events, startTime, endTime }: ReadableSpan): unknown => ({
  name,
  kind,
  attributes,
  status,
  events,
  startTime,
  endTime,
})

test.each([
  ['in dollars', flatPrice],
  ['in francs', priceInFrancs],
  ['without prices', undefined],
])('claimed spans say what any span says, %s', async (_, price) => {
  await using plain = new Telemetry()
  await using ours = claimed()
  const options = price ? { price } : {}
  const recorder = new Recorder({ scope: SCOPE, ...options })
  recorder.setTracerProvider(ours.provider)
  const calls = [...CALLS, ...CALLS]
  for (const by of [plain.recorder(options), recorder]) for (const [start, end] of calls) by.start(start).end(end)
  expect(ours.spans.map(whatItSays)).toEqual(plain.spans.map(whatItSays))
  expect(ours.spans.map(({ droppedAttributesCount }) => droppedAttributesCount)).toEqual(calls.map(() => 0))
})

test('lists on a claimed span are its own', async () => {
  await using ours = claimed()
  const recorder = new Recorder({ scope: SCOPE })
  recorder.setTracerProvider(ours.provider)
  const finishReasons = ['stop']
  recorder.start(chatStart()).end(succeeded({ response: { finishReasons } }))
  finishReasons.push('changed')
  expect(ours.spans[0]?.attributes['gen_ai.response.finish_reasons']).toEqual(['stop'])
})

test('what somebody else tells a claimed span stays', async () => {
  await using ours = claimed()
  const recorder = new Recorder({ scope: SCOPE })
  recorder.setTracerProvider(ours.provider)
  for (const hint of ['first', 'second']) {
    const call = recorder.start(chatStart())
    trace.getSpan(call.context)?.setAttributes({ hint, 'ai.status': 'to be overwritten' })
    call.end(succeeded())
  }
  const said = ours.spans.map(({ attributes }) => [attributes['hint'], attributes['ai.status']])
  expect(said).toEqual([
    ['first', 'success'],
    ['second', 'success'],
  ])
})

test('when the SDK is exchanged, the first span of the new one is whole, and its sampler sees every call after that', async () => {
  await using ours = claimed()
  trace.setGlobalTracerProvider(ours.provider)
  const recorder = new Recorder({ scope: SCOPE })
  for (const [start, end] of CALLS) recorder.start(start).end(end)
  trace.disable()

  const seen: unknown[] = []
  const spans: ReadableSpan[] = []
  const sampler: Sampler = {
    shouldSample: (_context, _traceId, _name, _kind, attributes) => {
      seen.push(attributes['gen_ai.request.model'])
      return { decision: 2 }
    },
  }
  const keep = { onStart() {}, onEnd: (span: ReadableSpan) => void spans.push(span) }
  const spanProcessors = [{ ...keep, forceFlush: async () => {}, shutdown: async () => {} }]
  const other = new TracerProvider({ sampler, spanProcessors })
  recorder.setTracerProvider(other)
  for (const [start, end] of CALLS) recorder.start(start).end(end)
  expect(spans.map(({ attributes }) => attributes)).toEqual(ours.spans.map(({ attributes }) => attributes))
  expect(seen.slice(1)).toEqual(CALLS.slice(1).map(([{ request }]) => request.model))
  await other.shutdown()
})

test('a claimed span that is not sampled is left alone', async () => {
  await using ours = claimed(new AlwaysOffSampler())
  const recorder = new Recorder({ scope: SCOPE })
  recorder.setTracerProvider(ours.provider)
  const call = recorder.start(chatStart())
  expect(trace.getSpan(call.context)?.isRecording()).toBe(false)
  expect(call.end(succeeded())?.trace).toEqual({
    traceId: trace.getSpanContext(call.context)?.traceId,
    spanId: trace.getSpanContext(call.context)?.spanId,
  })
  expect(ours.spans).toEqual([])
})

test('values can be put into the context of a call, and taken out again', () => {
  const manager = new AsyncLocalStorageContextManager().enable()
  context.setGlobalContextManager(manager)
  const key = Symbol('of the application')
  const recorder = new Recorder({ scope: SCOPE })
  const { context: ofCall } = recorder.start(chatStart(), ROOT_CONTEXT.setValue(key, 'outside'))
  const span = trace.getSpan(ofCall)
  const inside = ofCall.setValue(key, 'inside')
  expect([ofCall, inside, inside.deleteValue(key)].map((each) => each.getValue(key))).toEqual([
    'outside',
    'inside',
    undefined,
  ])
  expect([inside, ofCall.deleteValue(key)].map((each) => trace.getSpan(each))).toEqual([span, span])
  expect(trace.getSpan(trace.deleteSpan(ofCall))).toBeUndefined()
  expect(context.with(ofCall, () => trace.getSpan(context.active()))).toBe(span)
  context.disable()
})
