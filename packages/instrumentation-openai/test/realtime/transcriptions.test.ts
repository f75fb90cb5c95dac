import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type CallFacts, watchCalls } from '../support/calls.ts'
import { responseCreated, responseDone, sessionCreated } from '../support/socket-events.ts'
import { type SocketEvent, socketServer } from '../support/socket-server.ts'
import { PlainWebSocket } from '../support/plain-web-socket.ts'
import { REALTIME_CLASSES } from '../support/sockets.ts'

beforeAll(() => void vi.stubGlobal('WebSocket', PlainWebSocket))
afterAll(() => void vi.unstubAllGlobals())

const session = (model: string): SocketEvent => sessionCreated({ audio: { input: { transcription: { model } } } })

const committed = (item = 'item_1'): SocketEvent => ({ type: 'input_audio_buffer.committed', item_id: item })

const about = (step: string, fields: SocketEvent = {}): SocketEvent => ({
  type: `conversation.item.input_audio_transcription.${step}`,
  item_id: 'item_1',
  content_index: 0,
  ...fields,
})

const TOKENS = {
  type: 'tokens',
  total_tokens: 22,
  input_tokens: 13,
  input_token_details: { text_tokens: 0, audio_tokens: 13 },
  output_tokens: 9,
}

const CALL: CallFacts = {
  operation: 'transcription',
  provider: 'openai',
  server: '127.0.0.1',
  request: {
    model: 'gpt-4o-mini-transcribe',
    stream: true,
    parameters: { outputType: 'text' },
    inputIsText: false,
    outputIsText: true,
  },
  response: {},
  usage: { inputTokens: 13, outputTokens: 9, input: { text: 0, audio: 13 } },
  usageSource: 'provider',
  // 13 audio at 1.25 USD a million, 9 text at 5.
  picoUsd: 61_250_000n,
  attempts: [],
  chunks: 2,
  outcome: { kind: 'success' },
}

describe.each(REALTIME_CLASSES)('with $name', ({ open }) => {
  test('what the speaker says is a call of the model that writes it down, apart from the response', async () => {
    using watched = watchCalls()
    await using wire = await socketServer((client) =>
      client.send(
        session('gpt-4o-mini-transcribe'),
        committed(),
        responseCreated(),
        about('delta', { delta: 'Hel' }),
        responseDone(),
        about('delta', { delta: 'lo' }),
        about('completed', { transcript: 'Hello', usage: TOKENS }),
      ),
    )
    open(wire).on('error', () => {})
    const [response, transcription] = await watched.facts(2)
    expect(response).toMatchObject({ operation: 'realtime', outcome: { kind: 'success' } })
    expect(transcription).toEqual(CALL)
  })

  test('a transcription that is charged by the second', async () => {
    using watched = watchCalls()
    await using wire = await socketServer((client) =>
      client.send(
        session('whisper-1'),
        committed(),
        about('completed', { transcript: 'Hello', usage: { type: 'duration', seconds: 3 } }),
      ),
    )
    open(wire).on('error', () => {})
    const { usage: _usage, ...rest } = CALL
    // 0.006 USD a minute.
    expect(await watched.only()).toEqual({
      ...rest,
      request: { ...CALL.request, model: 'whisper-1' },
      units: { inputSeconds: 3 },
      usageSource: 'none',
      picoUsd: 300_000_000n,
      chunks: 0,
    })
  })

  test('a session of the beta that does nothing else', async () => {
    using watched = watchCalls()
    await using wire = await socketServer((client) =>
      client.send(
        {
          type: 'transcription_session.updated',
          session: { id: 'sess_1', input_audio_transcription: { model: 'gpt-4o-mini-transcribe' } },
        },
        committed(),
        about('completed', { transcript: 'Hello', usage: TOKENS }),
      ),
    )
    open(wire).on('error', () => {})
    expect(await watched.only()).toEqual({ ...CALL, chunks: 0 })
  })

  test('a transcription that fails', async () => {
    using watched = watchCalls()
    await using wire = await socketServer((client) =>
      client.send(
        session('gpt-4o-mini-transcribe'),
        committed(),
        about('failed', { error: { type: 'transcription_error', code: 'audio_unintelligible', message: 'What?' } }),
      ),
    )
    open(wire).on('error', () => {})
    const { usage: _usage, picoUsd: _cost, ...rest } = CALL
    expect(await watched.only()).toEqual({
      ...rest,
      usageSource: 'none',
      chunks: 0,
      outcome: { kind: 'error', errorType: 'audio_unintelligible' },
    })
  })

  test('a transcription that is on its way when the session ends is cancelled', async () => {
    using watched = watchCalls()
    await using wire = await socketServer((client) => {
      client.send(session('gpt-4o-mini-transcribe'), committed())
      client.close()
    })
    open(wire).on('error', () => {})
    expect(await watched.only()).toMatchObject({ operation: 'transcription', outcome: { kind: 'cancelled' } })
  })

  test('audio that nobody writes down is no call', async () => {
    using watched = watchCalls()
    await using wire = await socketServer((client) => {
      client.send(sessionCreated(), committed(), responseCreated(), responseDone())
      client.close()
    })
    open(wire).on('error', () => {})
    expect(await watched.only()).toMatchObject({ operation: 'realtime' })
  })
})
