import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type CallFacts, watchCalls } from '../support/calls.ts'
import {
  audioDelta,
  errorEvent,
  rateLimitsUpdated,
  REALTIME_USAGE,
  responseCreated,
  responseDone,
  sessionCreated,
} from '../support/socket-events.ts'
import { type SessionScript, socketServer, type SocketServer } from '../support/socket-server.ts'
import { PlainWebSocket } from '../support/plain-web-socket.ts'
import { REALTIME_CLASSES } from '../support/sockets.ts'

beforeAll(() => void vi.stubGlobal('WebSocket', PlainWebSocket))
afterAll(() => void vi.unstubAllGlobals())

/** The usual response: 132 input tokens, of which 64 are cached, and 121 output tokens, most of it audio. */
const CALL: CallFacts = {
  operation: 'realtime',
  provider: 'openai',
  server: '127.0.0.1',
  request: {
    model: 'gpt-realtime',
    stream: true,
    parameters: { outputType: 'speech' },
    inputIsText: false,
    outputIsText: false,
  },
  response: { id: 'resp_1', model: 'gpt-realtime-2025-08-28', finishReasons: ['stop'] },
  usage: {
    inputTokens: 132,
    outputTokens: 121,
    cacheReadTokens: 64,
    input: { text: 119, audio: 13, image: 0 },
    output: { text: 30, audio: 91 },
    cacheRead: { text: 60, audio: 4, image: 0 },
  },
  usageSource: 'provider',
  // 59 text at 4 USD a million, 60 cached text and 4 cached audio at 0.4, 9 audio at 32, 30 text at 16, 91 audio at 64.
  picoUsd: 6_853_600_000n,
  attempts: [],
  chunks: 0,
  outcome: { kind: 'success' },
}

/** Greets, waits for a `response.create`, and does what follows. */
function onCreate(answer: SessionScript): Promise<SocketServer> {
  return socketServer(async (session, count) => {
    session.send(sessionCreated())
    await session.next('response.create')
    await answer(session, count)
  })
}

describe.each(REALTIME_CLASSES)('with $name', ({ open, openai }) => {
  /** Opens a socket that asks for a response as soon as it may. */
  function ask(wire: SocketServer, response: object = {}): ReturnType<typeof open> {
    const rt = open(wire)
    rt.on('session.created', () => rt.send({ type: 'response.create', response }))
    rt.on('error', () => {})
    return rt
  }

  test('a response that was asked for is a call, from its request to its end', async () => {
    using watched = watchCalls()
    await using wire = await onCreate((session) =>
      session.send(responseCreated(), rateLimitsUpdated(), audioDelta(), audioDelta(), responseDone()),
    )
    ask(wire, { max_output_tokens: 200 })
    expect(await watched.only()).toEqual({
      ...CALL,
      request: { ...CALL.request, parameters: { maxTokens: 200, outputType: 'speech' } },
      chunks: 2,
      rateLimit: { limitRequests: 5000, remainingRequests: 4999, limitTokens: 400_000, remainingTokens: 395_517 },
    })
  })

  test('a turn of the speaker begins a call of its own', async () => {
    using watched = watchCalls()
    await using wire = await socketServer((session) =>
      session.send(sessionCreated(), responseCreated(), audioDelta(), responseDone()),
    )
    open(wire).on('error', () => {})
    expect(await watched.only()).toEqual({ ...CALL, chunks: 1 })
  })

  test('responses that overlap are told apart', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      session.send(sessionCreated())
      await session.next('response.create')
      await session.next('response.create')
      session.send(responseCreated('resp_1'), responseCreated('resp_2'), audioDelta('resp_2'))
      session.send(responseDone({ id: 'resp_2' }), responseDone())
    })
    const rt = open(wire)
    rt.on('error', () => {})
    rt.on('session.created', () => {
      rt.send({ type: 'response.create', response: { output_modalities: ['audio'] } })
      rt.send({ type: 'response.create', response: { output_modalities: ['text'], conversation: 'none' } })
    })
    const text = { ...CALL.request, parameters: { outputType: 'text' as const }, outputIsText: true }
    expect(await watched.facts(2)).toEqual([
      { ...CALL, request: text, response: { ...CALL.response, id: 'resp_2' }, chunks: 1 },
      CALL,
    ])
  })

  test.each([
    ['incomplete', { reason: 'max_output_tokens' }, { kind: 'success' }, 'length'],
    ['incomplete', { reason: 'content_filter' }, { kind: 'success' }, 'content_filter'],
    ['cancelled', { reason: 'turn_detected' }, { kind: 'cancelled' }, 'error'],
    ['failed', { error: { type: 'server_error' } }, { kind: 'error', errorType: 'server_error' }, 'error'],
    ['failed', {}, { kind: 'error', errorType: 'response_failed' }, 'error'],
  ] as const)('a response that is %s for %j', async (status, details, outcome, finishReason) => {
    using watched = watchCalls()
    await using wire = await onCreate((session) =>
      session.send(responseCreated(), responseDone({ status, status_details: { type: status, ...details } })),
    )
    ask(wire)
    expect(await watched.only()).toEqual({
      ...CALL,
      outcome,
      response: { ...CALL.response, finishReasons: [finishReason] },
    })
  })

  test('a response that failed for its rate limit says which', async () => {
    using watched = watchCalls()
    const error = { type: 'tokens', code: 'rate_limit_exceeded' }
    await using wire = await onCreate((session) =>
      session.send(responseCreated(), responseDone({ status: 'failed', status_details: { type: 'failed', error } })),
    )
    ask(wire)
    expect(await watched.only()).toEqual({
      ...CALL,
      outcome: { kind: 'rate_limit', errorType: 'rate_limit_exceeded' },
      rateLimitReason: 'tokens',
      response: { ...CALL.response, finishReasons: ['error'] },
    })
  })

  test('a response that calls a function has the finish reason tool_calls', async () => {
    using watched = watchCalls()
    await using wire = await onCreate((session) =>
      session.send(
        responseCreated(),
        responseDone({ output: [{ type: 'function_call', name: 'f', arguments: '{}' }] }),
      ),
    )
    ask(wire)
    expect((await watched.only()).response?.finishReasons).toEqual(['tool_calls'])
  })

  test('a request that is refused is a call that failed, and the next response is another', async () => {
    using watched = watchCalls()
    await using wire = await onCreate((session) =>
      session.send(
        errorEvent({ event_id: 'another event of the client' }),
        errorEvent({ param: 'session.tools' }),
        errorEvent({ code: 'conversation_already_has_active_response' }),
        responseCreated(),
        responseDone(),
      ),
    )
    ask(wire)
    const { usage: _usage, picoUsd: _cost, ...unanswered } = CALL
    expect(await watched.facts(2)).toEqual([
      {
        ...unanswered,
        usageSource: 'none',
        response: { model: 'gpt-realtime-2025-08-28', finishReasons: ['error'] },
        outcome: { kind: 'error', errorType: 'conversation_already_has_active_response' },
      },
      CALL,
    ])
  })

  test('an error that names the event ends the call of that event', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      session.send(sessionCreated())
      await session.next('response.create')
      await session.next('response.create')
      session.send(errorEvent({ event_id: 'second' }), responseCreated(), responseDone())
    })
    const rt = open(wire)
    rt.on('error', () => {})
    rt.on('session.created', () => {
      rt.send({ type: 'response.create', event_id: 'first', response: { max_output_tokens: 1 } })
      rt.send({ type: 'response.create', event_id: 'second', response: { max_output_tokens: 2 } })
    })
    const calls = await watched.facts(2)
    expect(calls.map(({ request, outcome }) => [request.parameters.maxTokens, outcome.kind])).toEqual([
      [2, 'error'],
      [1, 'success'],
    ])
  })

  test('a response without usage has an unknown cost', async () => {
    using watched = watchCalls()
    await using wire = await onCreate((session) => session.send(responseCreated(), responseDone({ usage: null })))
    ask(wire)
    const { usage: _usage, picoUsd: _cost, ...rest } = CALL
    expect(await watched.only()).toEqual({ ...rest, usageSource: 'none', unpriced: 'no_usage' })
  })

  test('the model is the deployment on Azure', async () => {
    using watched = watchCalls()
    await using wire = await onCreate((session) => session.send(responseCreated(), responseDone()))
    const rt = open(wire, openai.connectAzure(wire, { deployment: 'my-deployment' }))
    rt.on('error', () => {})
    rt.on('session.created', () => rt.send({ type: 'response.create' }))
    expect(await watched.only()).toMatchObject({
      provider: 'azure.ai.openai',
      request: { model: 'gpt-realtime', deployment: 'gpt-realtime' },
      response: { model: 'gpt-realtime-2025-08-28' },
    })
  })

  test('usage that cannot be true is clamped', async () => {
    using watched = watchCalls()
    const usage = {
      ...REALTIME_USAGE,
      input_token_details: { cached_tokens: 64, cached_tokens_details: { audio_tokens: 65 } },
    }
    await using wire = await onCreate((session) => session.send(responseCreated(), responseDone({ usage })))
    ask(wire)
    expect((await watched.only()).usage).toMatchObject({ cacheReadTokens: 64, cacheRead: { audio: 64 } })
  })
})
