import { describe, expect, test } from 'vitest'
import { type CallFacts, responseCall, watchCalls } from '../support/calls.ts'
import { type ServerSession, type SocketEvent, socketServer } from '../support/socket-server.ts'
import { RESPONSES_CLASSES } from '../support/sockets.ts'
import { response } from '../support/wire-answers.ts'

const BODY = response().json as SocketEvent

/** The usual response, streamed; `lane` is the `stream_id` of its request. */
function answer(lane?: string, fields: SocketEvent = {}): SocketEvent[] {
  const of = lane === undefined ? {} : { stream_id: lane }
  return [
    { type: 'response.created', response: { ...BODY, ...fields, status: 'in_progress', usage: null }, ...of },
    { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hello', ...of },
    { type: 'response.completed', response: { ...BODY, ...fields }, ...of },
  ]
}

const CALL: CallFacts = { ...responseCall(), attempts: [], chunks: 3 }
const request = { ...CALL.request, stream: true }
const CREATE = { type: 'response.create', model: 'gpt-4o-mini', input: 'Hi' } as const

/** Loses the first connection after the first request, and answers on the second one. */
async function loseFirst(session: ServerSession, count: number): Promise<void> {
  await session.next('response.create')
  if (count === 1) session.drop()
  else session.send(...answer())
}

describe.each(RESPONSES_CLASSES)('with $name', ({ open }) => {
  test('a response is a call, also if its request waits for the connection', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      await session.next('response.create')
      session.send(...answer())
    })
    open(wire).send(CREATE)
    expect(await watched.only()).toEqual({ ...CALL, request })
  })

  test('responses of several lanes are told apart', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      await session.next('response.create')
      await session.next('response.create')
      session.send(...answer('b', { id: 'resp_b' }), ...answer('a', { id: 'resp_a' }))
    })
    const socket = open(wire)
    socket.send({ ...CREATE, stream_id: 'a', max_output_tokens: 1 } as never)
    socket.send({ ...CREATE, stream_id: 'b', max_output_tokens: 2 } as never)
    const calls = await watched.facts(2)
    expect(calls.map(({ request: { parameters }, response: { id } = {} }) => [parameters.maxTokens, id])).toEqual([
      [2, 'resp_b'],
      [1, 'resp_a'],
    ])
  })

  test.each([
    [
      { type: 'error', status: 429, error: { type: 'tokens', code: 'rate_limit_exceeded' } },
      'rate_limit',
      'rate_limit_exceeded',
      'tokens',
    ],
    [
      { type: 'error', status: 400, error: { type: 'invalid_request_error', code: 'previous_response_not_found' } },
      'error',
      'previous_response_not_found',
      undefined,
    ],
    [{ type: 'error', code: 'server_error', message: 'No.' }, 'error', 'server_error', undefined],
  ] as const)('a request that is refused with %j has failed', async (event, kind, errorType, rateLimitReason) => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      await session.next('response.create')
      session.send(event)
    })
    const socket = open(wire)
    socket.on('error', () => {})
    socket.send(CREATE)
    const { usage: _usage, picoUsd: _cost, ...rest } = CALL
    expect(await watched.only()).toEqual({
      ...rest,
      request,
      usageSource: 'none',
      response: { finishReasons: ['error'] },
      chunks: 0,
      outcome: { kind, errorType },
      rateLimitReason,
    })
  })

  test('a response that failed has failed', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      await session.next('response.create')
      const failed = { ...BODY, status: 'failed', error: { code: 'server_error', message: 'No.' } }
      session.send({ type: 'response.failed', response: failed })
    })
    open(wire).send(CREATE)
    expect(await watched.only()).toMatchObject({
      outcome: { kind: 'error', errorType: 'server_error' },
      response: { finishReasons: ['error'] },
      usage: CALL.usage,
    })
  })

  test('a request that was sent as bytes is a call all the same', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      await session.next('response.create')
      session.send(...answer())
    })
    open(wire).sendRaw(JSON.stringify(CREATE))
    expect(await watched.only()).toEqual({
      ...CALL,
      request: { ...request, model: 'gpt-4o-mini-2024-07-18', inputIsText: false },
    })
  })

  const reconnect = { maxRetries: 2, initialDelay: 1, maxDelay: 1, onReconnecting: () => ({}) }

  test('a reconnect ends what was on its way, and calls after it are seen', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(loseFirst)
    const socket = open(wire, { reconnect })
    socket.on('error', () => {})
    socket.on('reconnecting', () => socket.send({ ...CREATE, max_output_tokens: 2 }))
    socket.send({ ...CREATE, max_output_tokens: 1 })
    const calls = await watched.facts(2)
    socket.close()
    expect(calls.map(({ request: { parameters }, outcome }) => [parameters.maxTokens, outcome])).toEqual([
      [1, { kind: 'error', errorType: 'connection_closed' }],
      [2, { kind: 'success' }],
    ])
  })

  test('what the client could never send has failed with its last attempt to connect', async () => {
    using watched = watchCalls()
    const wire = await socketServer(() => {})
    await wire[Symbol.asyncDispose]()
    const socket = open(wire, { reconnect })
    socket.on('error', () => {})
    socket.send(CREATE)
    expect((await watched.only()).outcome).toEqual({ kind: 'error', errorType: 'connection_closed' })
    socket.send(CREATE)
    expect((await watched.facts(2)).at(-1)?.outcome).toEqual({ kind: 'error', errorType: 'not_sent' })
  })
})
