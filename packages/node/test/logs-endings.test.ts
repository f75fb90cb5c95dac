import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector } from './support/collector.ts'
import { folder, linesOf, LOGS_ONLY, recordsOf } from './support/log-lines.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { ourLines, run, programPath, runBare, runRegistered } from './support/run.ts'

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

const env = (): Record<string, string> => ({ OPENAI_BASE_URL: openai.baseURL, ...LOGS_ONLY })

const ENDINGS = [
  'natural',
  'exit',
  'exitCode',
  'throws',
  'rejects',
  'beforeExit',
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'handled',
  'handledWithExit',
  'signalExit',
]

describe.each(ENDINGS)('a program that ends by %s', (ending) => {
  test('has its line on stdout, and else ends as it does bare', async () => {
    const bare = await runBare('ending.mjs', [ending], env())
    const { stdout, ...outcome } = await runRegistered('ending.mjs', [ending], { ...env(), TOKENMETER_LOGS: 'json' })
    expect(recordsOf(stdout)).toMatchObject([{ model: 'gpt-4o-mini', cost_usd: '0.0000045', status: 'success' }])
    const others = linesOf(stdout).filter((line) => !line.startsWith('{'))
    expect({ ...outcome, stdout: others.map((line) => `${line}\n`).join('') }).toEqual(bare)
  })

  test('has its line in the file, and else ends as it does bare', async () => {
    using logs = folder()
    const file = { TOKENMETER_LOG_FILE: logs.path('calls.log') }
    const bare = await runBare('ending.mjs', [ending], env())
    expect(await runRegistered('ending.mjs', [ending], { ...env(), ...file })).toEqual(bare)
    expect(recordsOf(logs.read('calls.log'))).toMatchObject([{ model: 'gpt-4o-mini', cost_usd: '0.0000045' }])
  })
})

test('a stream that is still open when the program ends has a line', async () => {
  const { stdout, code } = await runRegistered('ending.mjs', ['stream'], { ...env(), TOKENMETER_LOGS: 'json' })
  expect(code).toBe(6)
  expect(recordsOf(stdout)).toMatchObject([
    { stream: false, status: 'success' },
    { stream: true, status: 'cancelled', usage_source: 'estimated', unpriced: 'no_usage' },
  ])
})

test('a worker thread has its line on stdout', async () => {
  const { stdout } = await runRegistered('worker.mjs', ['exit'], { ...env(), TOKENMETER_LOGS: 'json' })
  expect(recordsOf(stdout)).toMatchObject([{ model: 'gpt-4o-mini' }])
  expect(linesOf(stdout).filter((line) => !line.startsWith('{'))).toEqual(['Hello.', 'worker ended with 3'])
})

test('the line says the trace, where spans go nowhere and where a Collector gets them', async () => {
  await using collector = await startCollector()
  const alone = await runRegistered('ending.mjs', ['exit'], { ...env(), TOKENMETER_LOGS: 'json' })
  expect(recordsOf(alone.stdout)[0]?.trace_id).toMatch(/^[0-9a-f]{32}$/)
  const both = await runRegistered('ending.mjs', ['exit'], {
    OPENAI_BASE_URL: openai.baseURL,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    TOKENMETER_LOGS: 'json',
  })
  expect(recordsOf(both.stdout).map(({ trace_id }) => trace_id)).toEqual(collector.spans().map((span) => span.traceId))
})

test('what was flushed is in the file, whatever happens next', async () => {
  using logs = folder()
  const outcome = await runRegistered('flush.mjs', [], { ...env(), TOKENMETER_LOG_FILE: logs.path('calls.log') })
  expect(outcome.signal).toBe('SIGKILL')
  expect(recordsOf(logs.read('calls.log'))).toHaveLength(1)
})

test('as log records of OpenTelemetry they are sent to the Collector', async () => {
  await using collector = await startCollector()
  const variables = { OPENAI_BASE_URL: openai.baseURL, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const { stdout } = await runRegistered('ending.mjs', ['exit'], { ...variables, TOKENMETER_LOGS: 'otel' })
  expect(stdout).toBe('Hello.\n')
  const sent = collector.deliveries.filter(({ path }) => path === '/v1/logs').map(({ text }) => text)
  expect(sent.join('')).toContain('"body":{"stringValue":"chat_completion gpt-4o-mini: success"}')
  expect(sent.join('')).toContain('"severityText":"INFO"')
})

test('a call says nothing of its contents', async () => {
  const { stdout } = await runRegistered('logs.mjs', ['2'], { ...env(), TOKENMETER_LOGS: 'json' })
  expect(recordsOf(stdout)).toHaveLength(2)
  expect(stdout).not.toMatch(/diagnosis|Hello|sk-test/)
})

test('TOKENMETER_LOGS=off is stronger than a file', async () => {
  using logs = folder()
  const variables = { ...env(), TOKENMETER_LOGS: 'off', TOKENMETER_LOG_FILE: logs.path('calls.log') }
  const outcome = await runRegistered('ending.mjs', ['exit'], variables)
  expect([outcome.stdout, ourLines(outcome), logs.read('calls.log')]).toEqual(['Hello.\n', [], ''])
})

test('after a shutdown nothing is written any more', async () => {
  const program = programPath('logs-shutdown.mjs')
  const { stdout } = await run(['--conditions=source', program], { ...env(), TOKENMETER_LOGS: 'json' })
  expect(recordsOf(stdout).map(({ model }) => model)).toEqual(['before'])
  expect(linesOf(stdout).at(-1)).toBe('asked without us')
})
