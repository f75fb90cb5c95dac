import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import * as fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { callLogSchema, logsPage, LOGS_PAGE, SCHEMA_FILE } from '../docs/call-log.ts'
import { picoFromDecimal } from '../src/call-log.ts'
import { type Call, callLogRecord, type CallLogRecord, decimalUsd, Recorder, withAI } from '../src/index.ts'
import { anyCall } from './support/any-call.ts'
import { chatStart, failed, flatPrice, succeeded } from './support/calls.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

const oneSpace = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---')

const record = (call: Call): CallLogRecord => JSON.parse(JSON.stringify(callLogRecord(call))) as CallLogRecord

/** A recorder without an SDK, that keeps the records of its calls. */
function keeper(options: Partial<ConstructorParameters<typeof Recorder>[0]> = {}): {
  readonly recorder: Recorder
  readonly records: CallLogRecord[]
} {
  const records: CallLogRecord[] = []
  const log = (call: Call): void => void records.push(record(call))
  return { recorder: new Recorder({ scope: { name: 'test', version: '1' }, log, ...options }), records }
}

test('the line of a call that went well', () => {
  const { recorder, records } = keeper({ price: flatPrice })
  withAI({ feature: 'search', tenant: 'acme', user: 'u-17', session: 's-4', prompt: { name: 'find' } }, () =>
    recorder.start(chatStart()).end(succeeded({ timing: { duration: 1.5, chunks: 3, timeToFirstChunk: 0.1 + 0.2 } })),
  )
  expect(records).toEqual([
    {
      timestamp: '2026-11-24T00:00:01.500Z',
      level: 'info',
      message: 'chat_completion gpt-4o: success',
      module: 'tokenmeter',
      schema_version: 1,
      operation: 'chat_completion',
      model: 'gpt-4o',
      response_model: 'gpt-4o-2024-08-06',
      provider: 'openai',
      server_address: 'api.openai.com',
      stream: false,
      status: 'success',
      attempts: 1,
      duration: 1.5,
      time_to_first_chunk: 0.3,
      response_id: 'chatcmpl-1',
      usage_source: 'provider',
      input_tokens: 100,
      output_tokens: 20,
      cache_read_tokens: 64,
      reasoning_tokens: 8,
      cost_usd: '0.00015',
      price_source: 'list@1',
      price_date: '2026-11-01',
      feature: 'search',
      tenant: 'acme',
      user: 'u-17',
      session: 's-4',
      prompt_name: 'find',
    },
  ])
})

test('the line of a call that failed says the type of the error, and none of its text', () => {
  const { recorder, records } = keeper({ price: flatPrice })
  recorder.start(chatStart()).end(failed(401, 'invalid_api_key', new Error('Incorrect API key provided: sk-secret')))
  recorder.start(chatStart()).end(failed(429, 'rate_limit_exceeded'))
  expect(records).toMatchObject([
    { level: 'error', status: 'error', error_type: 'invalid_api_key', usage_source: 'none' },
    { level: 'warn', status: 'rate_limit', error_type: 'rate_limit_exceeded' },
  ])
  expect(JSON.stringify(records)).not.toContain('secret')
  expect(records[0]).not.toHaveProperty('cost_usd')
})

test('a cost that is unknown says why, and estimates have fields of their own', () => {
  const { recorder, records } = keeper({ price: flatPrice })
  const { usage: _, ...answered } = succeeded()
  recorder.start(chatStart()).end({ ...answered, estimate: { inputTokens: 7, outputTokens: 3, method: 'characters' } })
  expect(records).toMatchObject([
    {
      unpriced: 'no_usage',
      usage_source: 'estimated',
      estimated_input_tokens: 7,
      estimated_output_tokens: 3,
      estimate_method: 'characters',
      estimated_cost_usd: '0.00015',
    },
  ])
  expect(records[0]).not.toHaveProperty('input_tokens')
  expect(records[0]).not.toHaveProperty('cost_usd')
})

test('the ids are those of the span, and absent where nobody traces', async () => {
  await using telemetry = new Telemetry()
  const { recorder, records } = keeper()
  recorder.start(chatStart()).end(succeeded())
  telemetry.attach(recorder)
  recorder.start(chatStart()).end(succeeded())
  const ids = telemetry.spans.map((span) => span.spanContext())
  expect(records.map(({ trace_id, span_id }) => [trace_id, span_id])).toEqual([
    [undefined, undefined],
    ...ids.map(({ traceId, spanId }) => [traceId, spanId]),
  ])
})

const raise = (): never => {
  throw new Error('disk full')
}

test('a log that throws is cut off from the others', async () => {
  await using telemetry = new Telemetry()
  const calls: Call[] = []
  const recorder = telemetry.recorder({ log: raise, onCall: (call) => calls.push(call) })
  recorder.start(chatStart()).end(succeeded())
  expect([calls.length, telemetry.spans.length]).toEqual([1, 1])
})

test('as a log record of OpenTelemetry every call has a severity, a message, and the attributes of its span', async () => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ logRecords: true, price: flatPrice })
  recorder.start(chatStart({ operation: 'embedding' })).end(succeeded())
  recorder.start(chatStart()).end(failed(429, 'rate_limit_exceeded'))
  const records = telemetry.events.filter(({ eventName }) => eventName === 'ai.call')
  expect(records.map(({ severityText, severityNumber, body }) => [severityText, severityNumber, body])).toEqual([
    ['INFO', 9, 'embedding gpt-4o: success'],
    ['WARN', 13, 'chat_completion gpt-4o: rate_limit'],
  ])
  expect(records.map(({ attributes }) => attributes)).toEqual(telemetry.spans.map(({ attributes }) => attributes))
  expect(records.map(({ spanContext }) => spanContext?.spanId)).toEqual(
    telemetry.spans.map((span) => span.spanContext().spanId),
  )
})

test('any line is one line, and as the schema says', () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true })
  addFormats.default(ajv)
  const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as object)
  fc.assert(
    fc.property(anyCall, ({ start, end, price }) => {
      const lines: string[] = []
      const log = (call: Call): void => void lines.push(JSON.stringify(callLogRecord(call)))
      const { recorder } = keeper({ log, price: () => price })
      recorder.start(start).end(end)
      const [line = ''] = lines
      expect(line).not.toMatch(/[\r\n]|what the application caught/)
      expect(validate(JSON.parse(line)), JSON.stringify(validate.errors)).toBe(true)
    }),
  )
})

test('the schema refuses what is no line', () => {
  const ajv = new Ajv2020({ strict: true })
  addFormats.default(ajv)
  const validate = ajv.compile(callLogSchema())
  const { recorder, records } = keeper({ price: flatPrice })
  recorder.start(chatStart()).end(succeeded())
  const [line] = records
  expect([line, { ...line, new_field: 1 }].map((value) => validate(value))).toEqual([true, true])
  const wrong = [{ ...line, cost_usd: 0.1 }, { ...line, schema_version: 2 }, { ...line, input_tokens: -1 }, {}]
  expect(wrong.map((value) => validate(value))).toEqual([false, false, false, false])
})

test('the schema and the table in docs/logs.md are what the fields give', () => {
  expect(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')), 'run `pnpm generate`').toEqual(callLogSchema())
  const page = readFileSync(LOGS_PAGE, 'utf8')
  expect(oneSpace(page) === oneSpace(logsPage()), 'run `pnpm generate`').toBe(true)
  expect(page.match(/^\| `\w+` +\| .* \| (always|if known) +\|/gm)).toHaveLength(
    Object.keys((callLogSchema() as { properties: object }).properties).length,
  )
})

test('an amount reads back exactly, and nothing else is an amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (picoUsd) => {
      expect(picoFromDecimal(decimalUsd(picoUsd))).toBe(picoUsd)
    }),
  )
  expect(['', '-1', '1e-7', '.5', '0.1234567890123', ' 1', '1.'].map(picoFromDecimal)).toEqual(
    Array.from({ length: 7 }),
  )
})
