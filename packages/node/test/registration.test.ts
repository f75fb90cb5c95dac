import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { startCollector } from './support/collector.ts'
import { programPath, run, runRegistered } from './support/run.ts'

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

test('registering twice, by import and by call, as ESM and as CJS, is registering once', async () => {
  const outcome = await runRegistered('twice.mjs', [], {})
  expect(outcome.stdout).toBe('true true\ntrue\n')
  expect(outcome.stderr).toBe('tokenmeter: register() was called before; these options come too late: metricsPort\n')
})

test.each([
  ['that is already there', 'before'],
  ['that the application starts later', 'after'],
])('an SDK %s is joined', async (_, order) => {
  const args = ['--conditions=source', programPath('joined.mjs'), order]
  expect(await run(args, { OPENAI_BASE_URL: openai.baseURL })).toEqual({
    stdout: 'chat gpt-4o-mini true\nundefined\n',
    stderr: '',
    code: 0,
    signal: null,
  })
})

test('after a shutdown nothing of it is left, and it can be registered again', async () => {
  const outcome = await runRegistered('shutdown.mjs', [], {})
  expect(outcome).toEqual({ stdout: 'ECONNREFUSED\n0,0,0,0,0\ntrue true\n', stderr: '', code: 0, signal: null })
})

test('what was flushed has arrived, whatever happens next', async () => {
  await using collector = await startCollector()
  const env = { OPENAI_BASE_URL: openai.baseURL, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const outcome = await runRegistered('flush.mjs', [], env)
  expect(outcome.signal).toBe('SIGKILL')
  expect(collector.spans()).toHaveLength(1)
  expect(collector.counter('ai.tokens')).toBe(15)
})
