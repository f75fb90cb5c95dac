import { withAI } from '@tokenmeter/meter'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { chatContent } from '../../src/operations/content/chat-content.ts'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import { watchCalls, type WatchedCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { spans } from '../support/spans.ts'
import { readAll, readAndBreak } from '../support/streams.ts'
import { chatCompletion, chatStream, completion, rateLimited, wireError } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const text = (role: string, content: string): object => ({ role, parts: [{ type: 'text', content }] })
const answer = (content: string, reason = 'stop'): object => ({ ...text('assistant', content), finish_reason: reason })
const HELLO = { inputMessages: [text('user', 'Hi')], outputMessages: [answer('Hello, world')] }

const foundOut = ({ who }: { who: string }): object => ({ found: who })

async function contentOf(watched: WatchedCalls): Promise<unknown> {
  await watched.facts(1)
  return watched.calls[0]?.content
}

describe.each(MAJORS)('with openai $major', ({ connect, openai, chatOf }) => {
  test('a call has what was sent and what was answered', async () => {
    using watched = watchCalls({ capture: 'SPAN_ONLY' })
    await using wire = await wireServer(chatCompletion())
    await connect(wire).chat.completions.create(CHAT)
    expect(await contentOf(watched)).toEqual(HELLO)
  })

  test('a call has what was on the wire, whatever the application does with its objects then', async () => {
    using watched = watchCalls({ capture: 'SPAN_ONLY' })
    await using wire = await wireServer(chatCompletion())
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    const asked = connect(wire).chat.completions.create({ model: 'gpt-4o-mini', messages })
    await wire.arrived(1)
    messages[0] = { role: 'user', content: 'changed' }
    const received = await asked
    Object.assign(received.choices[0]?.message ?? {}, { content: 'changed' })
    expect(await contentOf(watched)).toEqual(HELLO)
  })

  test('a call that was repeated has what its last attempt sent', async () => {
    using watched = watchCalls({ capture: 'EVENT_ONLY' })
    await using wire = await wireServer([rateLimited(), chatCompletion()])
    await connect(wire, { maxRetries: 1 }).chat.completions.create(CHAT)
    expect(await contentOf(watched)).toEqual(HELLO)
  })

  test('a stream has its pieces put together; the question for its usage is not part of it', async () => {
    using watched = watchCalls({ capture: 'SPAN_ONLY', streamUsageHosts: ['127.0.0.1'] })
    await using wire = await wireServer(chatStream(['Hello', ', ', 'world']))
    await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))
    expect(await contentOf(watched)).toEqual(HELLO)
  })

  test('a stream that was left has what had arrived', async () => {
    using watched = watchCalls({ capture: 'SPAN_ONLY' })
    await using wire = await wireServer(chatStream(['Hello', ', ', 'world']))
    await readAndBreak(await connect(wire).chat.completions.create(CHAT_STREAM), 2)
    expect(await contentOf(watched)).toEqual({ ...HELLO, outputMessages: [answer('Hello, ', 'error')] })
  })

  test('a raw answer has what the application read of it', async () => {
    using watched = watchCalls({ capture: 'SPAN_ONLY' })
    await using wire = await wireServer(chatCompletion())
    await (await connect(wire).chat.completions.create(CHAT).asResponse()).json()
    expect(await contentOf(watched)).toEqual(HELLO)
  })

  test('a call that was refused has what was sent, and what the exception says where it goes to events', async () => {
    const message = 'Incorrect API key provided: sk-proj-Zk3vT9qLm2Xw8RbN5yHc7JdF4gPa6SeU1oViT0rQzBnMxCk'
    for (const capture of ['SPAN_ONLY', 'SPAN_AND_EVENT'] as const) {
      using watched = watchCalls({ capture })
      await using wire = await wireServer(wireError(401, { message }))
      await expect(connect(wire).chat.completions.create(CHAT)).rejects.toThrow(openai.AuthenticationError)
      const { exception, ...rest } = (await contentOf(watched)) as { exception?: { message: string } }
      expect(rest).toEqual({ inputMessages: [text('user', 'Hi')] })
      expect(exception?.message).toBe(capture === 'SPAN_ONLY' ? undefined : '401 Incorrect API key provided: [API_KEY]')
    }
  })

  test('a function that runTools executes has its arguments and its result', async () => {
    const { provider, ended } = spans()
    using watched = watchCalls({ capture: 'SPAN_ONLY', tracerProvider: provider })
    const call = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{"who":"a@b.example"}' } }
    const message = { role: 'assistant', content: null, tool_calls: [call] }
    const asks = { choices: [{ index: 0, finish_reason: 'tool_calls', message }] }
    await using wire = await wireServer([chatCompletion(asks), chatCompletion()])
    const lookUp = { name: 'look_up', parameters: {}, description: '', parse: JSON.parse, function: foundOut }
    const params = { ...CHAT, tools: [{ type: 'function', function: lookUp }] }
    await chatOf(connect(wire))
      .runTools(params as never)
      .finalContent()
    await watched.facts(2)
    const tool = ended().find(({ name }) => name === 'execute_tool look_up')
    expect(tool?.attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '{"who":"[EMAIL]"}',
      'gen_ai.tool.call.result': '{"found":"[EMAIL]"}',
    })
  })
})

const { connect } = MAJORS.at(-1) as (typeof MAJORS)[number]

test('where nothing is captured nobody looks at what is sent or answered', async () => {
  const reads = [vi.spyOn(chatContent, 'readRequest'), vi.spyOn(chatContent, 'readAnswer')]
  const createStreamReader = vi.spyOn(chatContent, 'createStreamReader' as never)
  using watched = watchCalls({})
  await using wire = await wireServer([chatCompletion(), chatStream(['Hi'])])
  await connect(wire).chat.completions.create(CHAT)
  await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))
  await watched.facts(2)
  expect([...reads, createStreamReader].map((read) => read.mock.calls)).toEqual([[], [], []])
  expect(watched.calls.map((call) => 'content' in call)).toEqual([false, false])
})

const capturedWith = async (options: Parameters<typeof watchCalls>[0], scope?: string): Promise<boolean> => {
  using watched = watchCalls(options)
  await using wire = await wireServer(chatCompletion())
  const ask = (): PromiseLike<unknown> => connect(wire).chat.completions.create(CHAT)
  await (scope === undefined ? ask() : withAI({ capture: scope as never }, ask))
  return (await contentOf(watched)) !== undefined
}

describe('who decides', () => {
  test('is the option, and above it the scope of the call, which lowers and raises', async () => {
    expect(await capturedWith({})).toBe(false)
    expect(await capturedWith({ capture: 'SPAN_ONLY' })).toBe(true)
    expect(await capturedWith({ capture: 'SPAN_ONLY' }, 'NO_CONTENT')).toBe(false)
    expect(await capturedWith({}, 'SPAN_ONLY')).toBe(true)
  })

  test('is the variable, where it is set: code may go below it, and not above', async () => {
    vi.stubEnv(VARIABLE, 'no_content')
    expect(await capturedWith({ capture: 'SPAN_ONLY' }, 'SPAN_ONLY')).toBe(false)
    vi.stubEnv(VARIABLE, 'Span_And_Event')
    expect(await capturedWith({})).toBe(true)
    expect(await capturedWith({}, 'NO_CONTENT')).toBe(false)
  })

  test('is nobody, where the variable, an option or the scrubber cannot be understood', async () => {
    vi.stubEnv(VARIABLE, 'everything')
    expect(await capturedWith({ capture: 'SPAN_ONLY' })).toBe(false)
    vi.unstubAllEnvs()
    expect(await capturedWith({ capture: 'some' as never })).toBe(false)
    expect(await capturedWith({ capture: 'SPAN_ONLY', scrubber: { timeBudgetMs: -1 } })).toBe(false)
  })
})

test('a scrubber of the application’s own is asked in the place of ours', async () => {
  using watched = watchCalls({ capture: 'SPAN_ONLY', scrubber: { scrub: (given) => given.toUpperCase() } })
  await using wire = await wireServer(completion())
  await connect(wire).completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'hi' })
  const { outputMessages } = (await contentOf(watched)) as { outputMessages: unknown }
  expect(JSON.stringify(outputMessages)).toContain('HELLO, WORLD')
})

test('a stream without an end keeps no more of its texts than is ever recorded', async () => {
  const reader = chatContent.createStreamReader?.()
  for (let chunk = 0; chunk < 50_000; chunk++) {
    reader?.read({ choices: [{ index: 0, delta: { content: 'twenty characters ..' } }] })
  }
  const [message] = reader?.content().outputMessages ?? []
  const content = String(message?.parts[0]?.['content'])
  expect(content.length).toBeLessThan(140_000)
  expect(content).toMatch(/…\[truncated\]$/)
})
