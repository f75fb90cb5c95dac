import { diag, DiagLogLevel } from '@opentelemetry/api'
import type { OpenAI } from 'openai'
import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import { chatCall, chatStreamCall, served, STREAMED_REQUEST, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { answersWhenAsked, asksForUsage } from '../support/usage-when-asked.ts'
import { chatStream, completionStream, rateLimited, wireError } from '../support/wire-answers.ts'
import { type Answer, type Step, wireServer } from '../support/wire-server.ts'

const LISTENING = { streamUsageHosts: ['127.0.0.1'] }

async function chunksOf(client: OpenAI): Promise<string> {
  const chunks: unknown[] = []
  for await (const chunk of await client.chat.completions.create(CHAT_STREAM)) chunks.push(chunk)
  return JSON.stringify(chunks)
}

const SEEN = chatCall({ request: STREAMED_REQUEST, chunks: 3 })

describe.each(MAJORS)(
  'with openai $major, a stream that was not asked for its usage',
  ({ openai, connect, chatOf }) => {
    const bareClient = ({ url }: { readonly url: string }): OpenAI =>
      new openai.OpenAI({ apiKey: 'sk-test', baseURL: url, maxRetries: 0 })

    test('tells it, and looks to the application as without us', async () => {
      await using wire = await wireServer(answersWhenAsked)
      const bare = await chunksOf(bareClient(wire))
      using watched = watchCalls(LISTENING)
      expect(await chunksOf(connect(wire))).toBe(bare)
      expect(await watched.only()).toMatchObject({ ...SEEN, attempts: [served(2)] })
    })

    const ways: readonly (readonly [string, (client: OpenAI) => Promise<unknown>])[] = [
      [
        'toReadableStream()',
        async (client) => new Response((await client.chat.completions.create(CHAT_STREAM)).toReadableStream()).text(),
      ],
      [
        'tee()',
        async (client) => {
          const halves = (await client.chat.completions.create(CHAT_STREAM)).tee()
          return Promise.all(halves.map(async (half) => [await readAll(half)]))
        },
      ],
      ['stream()', async (client) => chatOf(client).stream(CHAT).finalChatCompletion()],
      [
        'withResponse()',
        async (client) => readAll((await client.chat.completions.create(CHAT_STREAM).withResponse()).data),
      ],
      [
        'post()',
        async (client) => readAll(await client.post('/chat/completions', { body: CHAT_STREAM, stream: true })),
      ],
    ]
    test.each(ways)('tells it when it is read by %s, and gives the same', async (_, read) => {
      await using wire = await wireServer(answersWhenAsked)
      const bare = await read(bareClient(wire))
      using watched = watchCalls(LISTENING)
      expect(await read(connect(wire))).toEqual(bare)
      expect((await watched.only()).usage).toStrictEqual(SEEN.usage)
      expect(wire.requests.map(asksForUsage)).toEqual([false, true])
    })

    test('is not asked when the application takes the raw response', async () => {
      await using wire = await wireServer(answersWhenAsked)
      using watched = watchCalls(LISTENING)
      const response = await connect(wire).chat.completions.create(CHAT_STREAM).asResponse()
      expect(await response.text()).not.toContain('usage')
      expect(await watched.only()).toStrictEqual(chatStreamCall())
      expect(wire.requests.map(asksForUsage)).toEqual([false])
    })

    test('keeps its body: nothing the application holds has changed', async () => {
      await using wire = await wireServer(answersWhenAsked)
      using watched = watchCalls(LISTENING)
      const body = { ...CHAT_STREAM, stream_options: { include_obfuscation: false } }
      await readAll(await connect(wire).chat.completions.create(body))
      expect(body).toEqual({ ...CHAT_STREAM, stream_options: { include_obfuscation: false } })
      expect(JSON.parse(wire.requests[0]?.body ?? '')).toEqual({
        ...CHAT_STREAM,
        stream_options: { include_obfuscation: false, include_usage: true },
      })
      await watched.only()
    })

    test('asks again when the client retries', async () => {
      await using wire = await wireServer([rateLimited(), answersWhenAsked])
      using watched = watchCalls(LISTENING)
      expect(await readAll(await connect(wire, { maxRetries: 1 }).chat.completions.create(CHAT_STREAM))).toBe(3)
      expect((await watched.only()).usage).toStrictEqual(SEEN.usage)
      expect(wire.requests.map(asksForUsage)).toEqual([true, true])
    })

    test.each([
      ['names the question', 400, 'Unrecognized request argument supplied: stream_options'],
      ['says nothing about it', 400, 'Bad request'],
      ['cannot validate it', 422, 'Extra inputs are not permitted: body.stream_options'],
    ])('is repeated as it was, once and for all, when the refusal %s', async (_, status, message) => {
      const picky: Step = (request) => (asksForUsage(request) ? wireError(status, { message }) : chatStream(['Hello']))
      await using wire = await wireServer(picky)
      const bare = await chunksOf(bareClient(wire))
      using watched = watchCalls(LISTENING)
      const client = connect(wire)
      expect(await chunksOf(client)).toBe(bare)
      expect(await chunksOf(client)).toBe(bare)
      expect(wire.requests.map(asksForUsage)).toEqual([false, true, false, false])
      const [first, second] = await watched.facts(2)
      expect(first?.attempts.map((attempt) => attempt.status)).toEqual([status, 200])
      expect(first?.outcome).toStrictEqual({ kind: 'success' })
      expect(second?.attempts.map((attempt) => attempt.status)).toEqual([200])
    })

    test('fails as without us when it was refused for something else', async () => {
      await using wire = await wireServer((): Answer => wireError(400, { message: 'No such model' }))
      using watched = watchCalls(LISTENING)
      const client = connect(wire)
      await expect(client.chat.completions.create(CHAT_STREAM)).rejects.toThrow('No such model')
      await expect(client.chat.completions.create(CHAT_STREAM)).rejects.toThrow('No such model')
      expect(wire.requests.map(asksForUsage)).toEqual([true, false, true])
      const calls = await watched.facts(2)
      expect(calls.map(({ outcome }) => outcome)).toEqual([
        { kind: 'error', errorType: '400' },
        { kind: 'error', errorType: '400' },
      ])
    })

    test('of legacy completions tells it, too', async () => {
      const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
      await using wire = await wireServer((request) => completionStream(['Hi'], asksForUsage(request) ? { usage } : {}))
      using watched = watchCalls(LISTENING)
      const stream = await connect(wire).completions.create({
        model: 'gpt-3.5-turbo-instruct',
        prompt: 'Hi',
        stream: true,
      })
      expect(await readAll(stream)).toBe(2)
      expect((await watched.only()).usage).toMatchObject({ inputTokens: 5, outputTokens: 7 })
    })
  },
)

const [{ connect }] = MAJORS.slice(-1) as unknown as [(typeof MAJORS)[number]]

test.each([
  ['the application asks itself', LISTENING, { stream_options: { include_usage: true } }, [true]],
  ['the application declines', LISTENING, { stream_options: { include_usage: false } }, [false]],
  ['the answer is from data of its own', LISTENING, { data_sources: [] }, [false]],
  ['the host is not known to answer', {}, {}, [false]],
  ['the host is listed with another port', { streamUsageHosts: ['127.0.0.1:1'] }, {}, [false]],
  ['it is switched off', { ...LISTENING, streamUsage: false }, {}, [false]],
])('a stream is left alone when %s', async (_, options, fields, asked) => {
  await using wire = await wireServer(answersWhenAsked)
  using watched = watchCalls(options)
  await readAll(await connect(wire).chat.completions.create({ ...CHAT_STREAM, ...fields }))
  await watched.only()
  expect(wire.requests.map(asksForUsage)).toEqual(asked)
})

const silent = (): void => {}

test('hosts that make no sense are said once, and left out', async () => {
  await using wire = await wireServer(answersWhenAsked)
  const messages: string[] = []
  const warn = (message: string): void => void messages.push(message)
  diag.setLogger({ verbose: silent, debug: silent, info: silent, error: silent, warn }, DiagLogLevel.WARN)
  using watched = watchCalls({ streamUsageHosts: ['http://127.0.0.1'] })
  diag.disable()
  await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))
  await watched.only()
  expect(wire.requests.map(asksForUsage)).toEqual([false])
  expect(messages).toEqual([
    'tokenmeter: streamUsageHosts: the option is ["http://127.0.0.1"], but must be hosts, such as llm.internal:8080,gateway.example.com, ' +
      'or in code ["llm.internal:8080"]; going on without',
  ])
})

test('usage that the application asked for itself is not hidden from it', async () => {
  await using wire = await wireServer(answersWhenAsked)
  using watched = watchCalls(LISTENING)
  const stream = await connect(wire).chat.completions.create({
    ...CHAT_STREAM,
    stream_options: { include_usage: true },
  })
  expect(await readAll(stream)).toBe(4)
  expect((await watched.only()).chunks).toBe(4)
})
