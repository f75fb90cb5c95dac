import { OpenAIRealtimeTranslationWS } from 'openai/realtime/translations/ws'
import { ForksWS } from 'openai/resources/live/forks/ws'
import { SidebandWS } from 'openai/resources/live/sideband/ws'
import { LiveWS } from 'openai/resources/live/ws'
import { describe, expect, test } from 'vitest'
import { instrument } from '../../src/index.ts'
import { type CallFacts, responseCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { type SocketEvent, type SocketServer, socketServer } from '../support/socket-server.ts'
import { response } from '../support/wire-answers.ts'

const connect = MAJORS.find(({ major }) => major === 7)?.connect as (typeof MAJORS)[number]['connect']

const SESSION = { id: 'live_1', model: 'gpt-live-1', status: 'active', expires_at: 1 }
const STARTED = { type: 'session.started', event_id: 'event_1', session: SESSION }
const CLOSED = {
  type: 'session.closed',
  event_id: 'event_9',
  session: SESSION,
  reason: 'close_requested',
  usage: { seconds: 7 },
}
const DELTA = { type: 'session.output_audio.delta', event_id: 'event_2', delta: 'AAAA' }
const START = { type: 'session.start', session: { model: 'gpt-live-1' } } as const

const SESSION_CALL: CallFacts = {
  operation: 'realtime',
  provider: 'openai',
  server: '127.0.0.1',
  request: {
    model: 'gpt-live-1',
    stream: true,
    parameters: { outputType: 'speech' },
    inputIsText: false,
    outputIsText: false,
  },
  response: { id: 'live_1', model: 'gpt-live-1', finishReasons: ['stop'] },
  units: { inputSeconds: 7 },
  usageSource: 'none',
  // 7 at 0.05 USD a minute.
  picoUsd: 5_833_333_333n,
  attempts: [],
  chunks: 2,
  outcome: { kind: 'success' },
}

const BODY = response().json as SocketEvent
const nested = (event: SocketEvent, delegation: string): SocketEvent => ({
  type: 'response.event',
  event_id: 'event_3',
  delegation_id: delegation,
  event,
})
const begun = (id: string): SocketEvent =>
  nested({ type: 'response.created', response: { ...BODY, id, usage: null } }, id)
const completed = (id: string): SocketEvent => nested({ type: 'response.completed', response: { ...BODY, id } }, id)

const RESPONSE_CALL: CallFacts = {
  ...responseCall(),
  request: { ...responseCall().request, model: 'gpt-4o-mini-2024-07-18', stream: true, inputIsText: false },
  attempts: [],
  chunks: 2,
}

const openLive = (wire: SocketServer): LiveWS => instrument(new LiveWS(connect(wire)))

describe('with openai 7, a Live session', () => {
  test('is a call from its start to its end', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      await session.next('session.start')
      session.send(STARTED, DELTA, DELTA, CLOSED)
    })
    openLive(wire).send(START as never)
    expect(await watched.only()).toEqual(SESSION_CALL)
  })

  test('that loses its connection has failed, and its responses with it', async () => {
    using watched = watchCalls()
    await using wire = await socketServer(async (session) => {
      await session.next('session.start')
      session.send(STARTED, { type: 'session.usage.updated', event_id: 'e', usage: { seconds: 60 } }, begun('resp_1'))
      await session.next('session.close')
      session.drop()
    })
    const live = openLive(wire)
    live.on('error', () => {})
    live.on('response.event', () => live.send({ type: 'session.close' }))
    live.send(START as never)
    const calls = await watched.facts(2)
    expect(calls.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      ['realtime', { kind: 'error', errorType: 'connection_closed' }],
      ['response', { kind: 'error', errorType: 'connection_closed' }],
    ])
    expect(calls[0]).toMatchObject({ units: { inputSeconds: 60 }, picoUsd: 50_000_000_000n })
  })

  test('that is refused has failed; a command that is refused ends nothing', async () => {
    using watched = watchCalls()
    const error = {
      type: 'error',
      event_id: 'event_4',
      error: { type: 'invalid_request_error', code: 'unknown_parameter' },
    }
    await using wire = await socketServer(async (session, count) => {
      await session.next('session.start')
      if (count === 1) session.send(error)
      else session.send(STARTED, DELTA, error, DELTA, CLOSED)
    })
    for (const count of [1, 2]) {
      const live = openLive(wire)
      live.on('error', () => {})
      live.send(START as never)
      await watched.facts(count)
    }
    const [refused, ended] = await watched.facts(2)
    expect(refused?.outcome).toEqual({ kind: 'error', errorType: 'unknown_parameter' })
    expect(ended).toEqual(SESSION_CALL)
  })

  test('has a call for each response and each decision that others make for it', async () => {
    using watched = watchCalls()
    const decision = { model: 'gpt-4o-mini', answers: [], usage: { input_tokens: 20, output_tokens: 2 } }
    await using wire = await socketServer(async (session) => {
      await session.next('session.start')
      session.send(STARTED, begun('resp_a'), begun('resp_b'), completed('resp_b'), completed('resp_a'))
      session.send({ type: 'decision.event', event: { type: 'decision.completed', decision } })
      session.send(CLOSED)
    })
    openLive(wire).send(START as never)
    const [b, a, decided, session] = await watched.facts(4)
    expect(b).toEqual({ ...RESPONSE_CALL, response: { ...RESPONSE_CALL.response, id: 'resp_b' } })
    expect(a).toEqual({ ...RESPONSE_CALL, response: { ...RESPONSE_CALL.response, id: 'resp_a' } })
    expect(decided).toMatchObject({ operation: 'decision', usage: { inputTokens: 20, outputTokens: 2 } })
    expect(session).toEqual({ ...SESSION_CALL, chunks: 0 })
  })

  test('that somebody else listens to has its responses charged once', async () => {
    using watched = watchCalls()
    await using wire = await socketServer((session) => {
      session.send(STARTED, begun('resp_once'), completed('resp_once'))
    })
    openLive(wire)
    const [first] = await watched.facts(1)
    const client = connect(wire)
    instrument(new SidebandWS(client, { session_id: 'live_1' }))
    const second = (await watched.facts(2)).at(-1)
    expect(first?.usage).toEqual(RESPONSE_CALL.usage)
    expect(second).toMatchObject({ operation: 'response', billed: false })
    expect(second).not.toHaveProperty('usage')
  })

  test('that goes on from a stored one is a call', async () => {
    using watched = watchCalls()
    await using wire = await socketServer((session) => session.send(STARTED, DELTA, DELTA, CLOSED))
    instrument(new ForksWS(connect(wire), { session_id: 'live_0' }))
    expect(await watched.only()).toEqual(SESSION_CALL)
  })
})

const { usage: _, ...UNTOLD } = CLOSED
const TRANSLATION = { ...SESSION, type: 'translation', audio: {} }
/** Its constructor is private: `create` insists on TLS. */
const Translation = OpenAIRealtimeTranslationWS as unknown as new (
  url: URL,
  options: object,
) => OpenAIRealtimeTranslationWS

describe('with openai 7, a session of live translation', () => {
  test.each(['somebody listens to all events', 'nobody does'])('is a call where %s', async (who) => {
    using watched = watchCalls()
    await using wire = await socketServer((session) =>
      session.send({ type: 'session.created', event_id: 'event_1', session: TRANSLATION }, UNTOLD),
    )
    const url = new URL(`ws://127.0.0.1:${wire.port}/v1/realtime/translations?model=gpt-realtime-translate`)
    const translation = instrument(new Translation(url, {}))
    translation.on('error', () => {})
    if (who.startsWith('somebody')) translation.on('event', () => {})
    const { units: __, picoUsd: ___, ...call } = SESSION_CALL
    expect(await watched.only()).toEqual({
      ...call,
      request: { ...SESSION_CALL.request, model: 'gpt-realtime-translate' },
      unpriced: 'no_usage',
      chunks: 0,
    })
  })
})
