import { trace } from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import { chatStart, embeddingStart, failed, flatPrice, START_TIME, succeeded } from './support/calls.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

const SECRET = 'Incorrect API key provided: sk-secret. The prompt was: my diagnosis'

class BadRequestError extends Error {
  readonly code = 'invalid_api_key'
}

test('a call that threw is an event with the class of the exception, in the context of the span, when the call ended', async () => {
  await using telemetry = new Telemetry()
  telemetry
    .recorder()
    .start(chatStart())
    .end(failed(401, 'invalid_api_key', new BadRequestError(SECRET)))
  const [event, ...others] = telemetry.events
  expect(others).toEqual([])
  expect([event?.eventName, event?.severityNumber, event?.severityText, event?.body]).toEqual([
    'gen_ai.client.operation.exception',
    13,
    'WARN',
    undefined,
  ])
  expect(event?.attributes).toEqual({ 'exception.type': 'BadRequestError' })
  expect(event?.hrTime).toEqual([START_TIME / 1000, 250_000_000])
  expect(event?.spanContext?.spanId).toBe(telemetry.spans[0]?.spanContext().spanId)
  expect(event?.instrumentationScope).toMatchObject({ name: 'test', version: '1.2.3' })
})

test('what was thrown and is no Error is named by the error type', async () => {
  await using telemetry = new Telemetry()
  telemetry
    .recorder()
    .start(chatStart())
    .end(failed(500, '500', SECRET))
  expect(telemetry.events.map(({ attributes }) => attributes)).toEqual([{ 'exception.type': '500' }])
})

test('a call that went well is no event', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder().start(chatStart()).end(succeeded())
  expect(telemetry.events).toEqual([])
})

test('the details event repeats what the span says, where it is asked for', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder({ detailsEvent: true, price: flatPrice }).start(chatStart()).end(succeeded())
  const [event, ...others] = telemetry.events
  expect(others).toEqual([])
  expect([event?.eventName, event?.severityNumber, event?.severityText]).toEqual([
    'gen_ai.client.inference.operation.details',
    5,
    'DEBUG',
  ])
  expect(event?.attributes).toEqual(telemetry.spans[0]?.attributes)
  expect(event?.hrTime).toEqual([START_TIME / 1000 + 1, 500_000_000])
})

test('embeddings have no details event: the conventions have one for inference only', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder({ detailsEvent: true }).start(embeddingStart()).end(succeeded())
  expect(telemetry.events).toEqual([])
})

test('no text of an exception leaves the process', async () => {
  await using telemetry = new Telemetry()
  const error = new BadRequestError(SECRET, { cause: new Error(SECRET) })
  const attempts = [
    { errorType: 'ECONNRESET', duration: 1, endedAfter: 1 },
    { status: 401, duration: 1, endedAfter: 2 },
  ]
  telemetry
    .recorder({ detailsEvent: true })
    .start(chatStart())
    .end({ ...failed(401, 'invalid_api_key', error), attempts })
  const sent = {
    spans: telemetry.spans.map(({ name, status, attributes, events }) => ({ name, status, attributes, events })),
    events: telemetry.events.map(({ body, attributes }) => ({ body, attributes })),
    points: await telemetry.points(),
  }
  expect(sent.spans).toHaveLength(1)
  expect(sent.events).toHaveLength(2)
  expect(JSON.stringify(sent)).not.toMatch(/secret|diagnosis/)
})

test('without a logger provider events go nowhere, and the span is still ended', async () => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder()
  recorder.setLoggerProvider({ getLogger: () => ({ emit: () => {} }) })
  recorder.start(chatStart()).end(failed(500, '500'))
  expect(trace.getActiveSpan()).toBeUndefined()
  expect([telemetry.spans.length, telemetry.events.length]).toEqual([1, 0])
})
