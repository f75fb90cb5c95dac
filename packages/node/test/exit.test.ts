import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { type Collector, startCollector } from './support/collector.ts'
import { type Outcome, ourLines, runBare, runRegistered } from './support/run.ts'

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

const env = (collector?: Pick<Collector, 'url'>): Record<string, string> => ({
  OPENAI_BASE_URL: openai.baseURL,
  ...(collector && { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }),
})

/** Stack traces name our own frames where Node's event loop called them; the message is the application's. */
const visible = ({ stdout, code, signal }: Outcome): Partial<Outcome> => ({ stdout, code, signal })

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
  test('ends as it does bare, and its span and metrics arrive', async () => {
    await using collector = await startCollector()
    const bare = await runBare('ending.mjs', [ending], env())
    const outcome = await runRegistered('ending.mjs', [ending], env(collector))
    expect(visible(outcome)).toEqual(visible(bare))
    expect(outcome.stderr).toBe(bare.stderr)
    expect(collector.spans().map(({ name }) => name)).toEqual(['chat gpt-4o-mini'])
    expect(collector.counter('ai.tokens')).toBe(15)
  })

  test('ends as it does bare when the Collector is down, and says so in one line', async () => {
    const bare = await runBare('ending.mjs', [ending], env())
    const outcome = await runRegistered('ending.mjs', [ending], env({ url: 'http://127.0.0.1:9' }))
    expect(visible(outcome)).toEqual(visible(bare))
    expect(ourLines(outcome)).toEqual([
      'tokenmeter: 1 span and the latest metrics could not be delivered to http://127.0.0.1:9 (connect ECONNREFUSED 127.0.0.1:9)',
    ])
  })
})

test.each(['natural', 'exit', 'SIGTERM'])(
  'a Collector that never answers does not keep a program that ends by %s',
  async (ending) => {
    await using collector = await startCollector('silent')
    const bare = await runBare('ending.mjs', [ending], env())
    const outcome = await runRegistered('ending.mjs', [ending], env(collector))
    expect(visible(outcome)).toEqual(visible(bare))
    expect(ourLines(outcome)).toEqual([
      expect.stringMatching(
        / 1 span and the latest metrics could not be delivered to .* \(no answer within 2000 ms\)$/,
      ),
    ])
  },
)

test.each(['natural', 'exit', 'handled'])(
  'requests under way when a program ends by %s are told once, however many there are',
  async (ending) => {
    const eager = { OTEL_BSP_SCHEDULE_DELAY: '0', OTEL_METRIC_EXPORT_INTERVAL: '20' }
    const outcome = await runRegistered('ending.mjs', [ending], { ...env({ url: 'http://127.0.0.1:9' }), ...eager })
    expect(ourLines(outcome)).toHaveLength(1)
  },
)

test('a stream that is still open when the program ends is a call that was abandoned', async () => {
  await using collector = await startCollector()
  const bare = await runBare('ending.mjs', ['stream'], env())
  const outcome = await runRegistered('ending.mjs', ['stream'], env(collector))
  expect(visible(outcome)).toEqual(visible(bare))
  expect(outcome.stderr).toBe(bare.stderr)
  expect(collector.spans()).toHaveLength(2)
  expect(collector.counter('ai.requests')).toBe(2)
})
