import { context, createContextKey, SpanStatusCode, trace } from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import type { CallEnd } from '../src/index.ts'
import { ANSWERED, chatStart, failed, START_TIME, succeeded } from './support/calls.ts'
import { REQUEST_ATTRIBUTES, spanOf } from './support/spans.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

const FAILED_ATTRIBUTES = { ...REQUEST_ATTRIBUTES, 'ai.attempts': 1, 'ai.usage.source': 'none' }

test('a refused request is an error without usage or cost, and not unpriced', async () => {
  const span = await spanOf(chatStart(), failed(400, 'context_length_exceeded'))
  expect([span.status, span.attributes]).toEqual([
    { code: SpanStatusCode.ERROR, message: 'context_length_exceeded' },
    { ...FAILED_ATTRIBUTES, 'error.type': 'context_length_exceeded', 'ai.status': 'error' },
  ])
})

test('a rate-limited call is an error whose status is rate_limit', async () => {
  const span = await spanOf(chatStart(), failed(429, 'rate_limit_exceeded'))
  expect([span.status.code, span.attributes]).toEqual([
    SpanStatusCode.ERROR,
    { ...FAILED_ATTRIBUTES, 'error.type': 'rate_limit_exceeded', 'ai.status': 'rate_limit' },
  ])
})

test('a stream the application leaves is cancelled, which is no error', async () => {
  const span = await spanOf(chatStart(), leftEarly('cancelled'))
  expect([span.status.code, span.attributes]).toEqual([SpanStatusCode.UNSET, LEFT_EARLY_ATTRIBUTES])
})

test('a stream nobody finished has the status of a cancelled one', async () => {
  const span = await spanOf(chatStart(), leftEarly('abandoned'))
  expect([span.status.code, span.attributes]).toEqual([SpanStatusCode.UNSET, LEFT_EARLY_ATTRIBUTES])
})

test('a call that was aborted is cancelled and has its error type', async () => {
  const end = { ...leftEarly('cancelled'), outcome: { kind: 'cancelled' as const, errorType: 'APIUserAbortError' } }
  const span = await spanOf(chatStart(), end)
  expect([span.status, span.attributes['ai.status'], span.attributes['error.type']]).toEqual([
    { code: SpanStatusCode.ERROR, message: 'APIUserAbortError' },
    'cancelled',
    'APIUserAbortError',
  ])
})

const LEFT_EARLY_ATTRIBUTES = {
  ...REQUEST_ATTRIBUTES,
  'gen_ai.response.time_to_first_chunk': 0.125,
  'ai.chunks': 2,
  'ai.status': 'cancelled',
  'ai.attempts': 1,
  'ai.usage.source': 'none',
  'ai.unpriced': 'no_usage',
}

function leftEarly(kind: 'cancelled' | 'abandoned'): CallEnd {
  return {
    attempts: [ANSWERED],
    timing: { duration: 2, timeToFirstChunk: 0.125, chunks: 2, chunkGaps: [0.5] },
    outcome: { kind },
  }
}

test('each attempt of a call that took several is an event, at the time it ended', async () => {
  const span = await spanOf(
    chatStart(),
    succeeded({
      attempts: [
        {
          status: 429,
          errorType: 'rate_limit_exceeded',
          requestId: 'req_1',
          rateLimitReason: 'tokens',
          retryAfter: 0.2,
          duration: 0.5,
          endedAfter: 0.5,
        },
        { errorType: 'ECONNRESET', delay: 0.25, duration: 0.25, endedAfter: 1 },
        { ...ANSWERED, requestId: 'req_3' },
      ],
    }),
  )
  const seconds = START_TIME / 1000
  expect(span.attributes['ai.attempts']).toBe(3)
  expect(span.events.map(({ name, time, attributes }) => ({ name, time, attributes }))).toEqual([
    {
      name: 'ai.attempt',
      time: [seconds, 500_000_000],
      attributes: {
        'http.response.status_code': 429,
        'error.type': 'rate_limit_exceeded',
        'ai.request_id': 'req_1',
        'ai.rate_limit.reason': 'tokens',
        'ai.attempt.retry_after': 0.2,
      },
    },
    {
      name: 'ai.attempt',
      time: [seconds + 1, 0],
      attributes: { 'error.type': 'ECONNRESET', 'ai.attempt.delay': 0.25 },
    },
    {
      name: 'ai.attempt',
      time: [seconds + 1, 500_000_000],
      attributes: { 'http.response.status_code': 200, 'ai.request_id': 'req_3' },
    },
  ])
})

test('the request id of the last attempt is on the span, for the provider’s support', async () => {
  const attempts = [
    { ...ANSWERED, requestId: 'req_1' },
    { ...ANSWERED, requestId: 'req_2' },
  ]
  expect((await spanOf(chatStart(), succeeded({ attempts }))).attributes['ai.request_id']).toBe('req_2')
})

test.each([
  ['answered at once', [ANSWERED], 0],
  ['refused at once', [{ ...ANSWERED, status: 400 }], 1],
  ['that never got through', [{ errorType: 'TypeError', duration: 1, endedAfter: 1 }], 1],
  ['of three attempts', [ANSWERED, ANSWERED, ANSWERED], 3],
])('a call %s says so by events', async (_, attempts, events) => {
  const span = await spanOf(chatStart(), succeeded({ attempts }))
  expect([span.attributes['ai.attempts'], span.events.length]).toEqual([attempts.length, events])
})

test('the context of a call has its span in it, below the span of the caller', async () => {
  await using telemetry = new Telemetry()
  const parent = telemetry.tracerProvider.getTracer('app').startSpan('request')
  const key = createContextKey('kept')
  const caller = trace.setSpan(context.active().setValue(key, 'yes'), parent)
  const call = telemetry.recorder().start(chatStart(), caller)
  call.end(succeeded())
  const [span] = telemetry.spans
  expect(trace.getSpanContext(call.context)).toEqual(span?.spanContext())
  expect(span?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId)
  expect(call.context.getValue(key)).toBe('yes')
})

test('a call that ends twice is recorded once', async () => {
  await using telemetry = new Telemetry()
  const call = telemetry.recorder().start(chatStart())
  call.end(succeeded())
  call.end(failed(500, '500'))
  expect(telemetry.spans.map(({ attributes }) => attributes['ai.status'])).toEqual(['success'])
  expect(
    (await telemetry.points('ai.requests'))[
      'ai.requests model=gpt-4o operation=chat_completion provider=openai status=error'
    ],
  ).toBe(0)
})
