import type { SemconvProfileName } from '@tokenmeter/meter'
import type { Emitted } from '../../../meter/semconv/emitted.ts'
import { Telemetry } from '../../../meter/test/support/telemetry.ts'
import { watchCalls } from '../support/calls.ts'
import {
  audioDelta,
  errorEvent,
  rateLimitsUpdated,
  responseCreated,
  responseDone,
  sessionCreated,
} from '../support/socket-events.ts'
import { type ServerSession, type SocketEvent, socketServer } from '../support/socket-server.ts'
import { REALTIME_CLASSES, RESPONSES_CLASSES } from '../support/sockets.ts'
import { response } from '../support/wire-answers.ts'

const TRANSCRIPTION = 'conversation.item.input_audio_transcription'
const ITEM = { item_id: 'item_1', content_index: 0 }
const TRANSCRIBED: readonly SocketEvent[] = [
  { type: 'input_audio_buffer.committed', item_id: 'item_1' },
  { type: `${TRANSCRIPTION}.delta`, ...ITEM, delta: 'Hel' },
  {
    type: `${TRANSCRIPTION}.completed`,
    ...ITEM,
    transcript: 'Hello',
    usage: { type: 'tokens', input_tokens: 13, output_tokens: 9, input_token_details: { audio_tokens: 13 } },
  },
]

/** A refusal, an answer, a transcription, a failure, an answer that is too long, and one that is never ended: six calls. */
async function realtimeSession(session: ServerSession): Promise<void> {
  session.send(sessionCreated({ audio: { input: { transcription: { model: 'gpt-4o-mini-transcribe' } } } }))
  await session.next('response.create')
  session.send(errorEvent({ type: 'tokens', code: 'rate_limit_exceeded' }))
  session.send(responseCreated(), rateLimitsUpdated(), audioDelta(), audioDelta(), responseDone())
  session.send(...TRANSCRIBED)
  const failed = { status: 'failed', status_details: { error: { type: 'server_error', code: 'server_error' } } }
  session.send(responseCreated('resp_2'), responseDone({ id: 'resp_2', ...failed }))
  const tooLong = { status: 'incomplete', status_details: { reason: 'max_output_tokens' } }
  session.send(responseCreated('resp_3'), responseDone({ id: 'resp_3', ...tooLong }))
  session.send(responseCreated('resp_4'))
  session.close()
}

const BODY = response().json as SocketEvent

/** An answer and a refusal: two calls. */
async function responsesSession(session: ServerSession): Promise<void> {
  await session.next('response.create')
  session.send(
    { type: 'response.created', response: { ...BODY, status: 'in_progress', usage: null } },
    { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hello' },
    { type: 'response.completed', response: BODY },
  )
  await session.next('response.create')
  session.send({ type: 'error', status: 429, error: { type: 'tokens', code: 'rate_limit_exceeded' } })
}

/** What the sockets of all majors emit. The global `WebSocket` must be one that does without TLS. */
export async function emittedBySockets(profile: SemconvProfileName): Promise<Emitted> {
  await using telemetry = new Telemetry()
  const { tracerProvider, meterProvider, loggerProvider } = telemetry
  using watched = watchCalls({
    semconv: profile,
    capture: 'SPAN_AND_EVENT',
    tracerProvider,
    meterProvider,
    loggerProvider,
  })
  let calls = 0
  for (const { open } of REALTIME_CLASSES) {
    await using wire = await socketServer(realtimeSession)
    const socket = open(wire)
    const parameters = { max_output_tokens: 200, prompt: { id: 'pmpt_1', version: '3' } }
    socket.on('session.created', () => socket.send({ type: 'response.create', response: parameters }))
    socket.on('error', () => {})
    await watched.facts((calls += 6))
  }
  for (const { open } of RESPONSES_CLASSES) {
    await using wire = await socketServer(responsesSession)
    const socket = open(wire)
    const request = { type: 'response.create', model: 'gpt-4o-mini', input: 'Hi' } as const
    socket.on('error', () => {})
    socket.send(request)
    await watched.facts((calls += 1))
    socket.send(request)
    await watched.facts((calls += 1))
  }
  return telemetry.emitted()
}
