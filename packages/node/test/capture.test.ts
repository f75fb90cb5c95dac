import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Collector, startCollector } from './support/collector.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { ourLines, type Outcome, runRegistered } from './support/run.ts'

const VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'
const INPUT = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'Hello?' }] }])

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

const call = (program: string, args: readonly string[], collector: Collector, env: object = {}): Promise<Outcome> =>
  runRegistered(program, args, {
    OPENAI_BASE_URL: openai.baseURL,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...env,
  })

const inputsOf = (collector: Collector): (string | undefined)[] =>
  collector
    .spans()
    .map(({ attributes }) => attributes.find(({ key }) => key === 'gen_ai.input.messages')?.value.stringValue)

describe('content of the last call arrives', () => {
  test.each([
    ['nothing is left to do', 'natural'],
    ['it exits at once', 'exit'],
    ['it is ended by a signal', 'SIGTERM'],
  ])('when %s', async (_, ending) => {
    await using collector = await startCollector()
    await call('ending.mjs', [ending], collector, { [VARIABLE]: 'span_only' })
    expect(inputsOf(collector)).toEqual([INPUT])
  })

  test('when it was flushed, whatever happens next', async () => {
    await using collector = await startCollector()
    expect((await call('flush.mjs', [], collector, { [VARIABLE]: 'SPAN_ONLY' })).signal).toBe('SIGKILL')
    expect(inputsOf(collector)).toEqual([INPUT])
  })
})

test('a mode that there is not is one line, and captures nothing', async () => {
  await using collector = await startCollector()
  const outcome = await call('ending.mjs', ['natural'], collector, { [VARIABLE]: 'everything' })
  expect(ourLines(outcome)).toEqual([
    `tokenmeter: capture: ${VARIABLE} is "everything", but must be NO_CONTENT, SPAN_ONLY, EVENT_ONLY, SPAN_AND_EVENT; going on with "NO_CONTENT"`,
  ])
  expect(inputsOf(collector)).toEqual([undefined])
})

describe('withAI', () => {
  test.each([
    ['raises what the option in code says', {}, { capture: 'NO_CONTENT' }, 'SPAN_ONLY', INPUT],
    ['lowers it', {}, { capture: 'SPAN_ONLY' }, 'NO_CONTENT', undefined],
    ['captures nothing with a scrubber that cannot be made', {}, { scrubber: 'x' }, 'SPAN_ONLY', undefined],
    [
      'does not raise what the variable says',
      { [VARIABLE]: 'NO_CONTENT' },
      { capture: 'SPAN_ONLY' },
      'SPAN_ONLY',
      undefined,
    ],
  ])('%s', async (_, env, options, scope, expected) => {
    await using collector = await startCollector()
    const outcome = await call('scoped.mjs', [JSON.stringify(options), scope], collector, env)
    expect(outcome.code).toBe(0)
    expect(inputsOf(collector)).toEqual([expected])
  })
})

test('our lines on stderr are scrubbed, too', async () => {
  await using collector = await startCollector()
  const outcome = await call('failing-hook.mjs', [], collector)
  expect(ourLines(outcome)).toEqual([
    'tokenmeter: onCall failed and was skipped; the application is not affected (Error) cannot store what [EMAIL] asked',
  ])
})
