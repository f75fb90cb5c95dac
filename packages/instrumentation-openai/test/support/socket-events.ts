import type { SocketEvent } from './socket-server.ts'

/** Usage of a realtime response with every subset that the API reports. */
export const REALTIME_USAGE = {
  total_tokens: 253,
  input_tokens: 132,
  output_tokens: 121,
  input_token_details: {
    text_tokens: 119,
    audio_tokens: 13,
    image_tokens: 0,
    cached_tokens: 64,
    cached_tokens_details: { text_tokens: 60, audio_tokens: 4, image_tokens: 0 },
  },
  output_token_details: { text_tokens: 30, audio_tokens: 91 },
}

export const sessionCreated = (session: SocketEvent = {}): SocketEvent => ({
  type: 'session.created',
  event_id: 'event_1',
  session: {
    id: 'sess_1',
    object: 'realtime.session',
    type: 'realtime',
    model: 'gpt-realtime-2025-08-28',
    output_modalities: ['audio'],
    max_output_tokens: 'inf',
    ...session,
  },
})

export const responseCreated = (id = 'resp_1'): SocketEvent => ({
  type: 'response.created',
  event_id: 'event_2',
  response: { id, object: 'realtime.response', status: 'in_progress', output: [], usage: null },
})

export const audioDelta = (id = 'resp_1'): SocketEvent => ({
  type: 'response.output_audio.delta',
  event_id: 'event_3',
  response_id: id,
  item_id: 'item_1',
  output_index: 0,
  content_index: 0,
  delta: 'AAAA',
})

export const responseDone = (fields: SocketEvent = {}): SocketEvent => ({
  type: 'response.done',
  event_id: 'event_4',
  response: {
    id: 'resp_1',
    object: 'realtime.response',
    status: 'completed',
    status_details: null,
    output: [{ id: 'item_1', type: 'message', role: 'assistant', status: 'completed', content: [] }],
    usage: REALTIME_USAGE,
    ...fields,
  },
})

export const rateLimitsUpdated = (): SocketEvent => ({
  type: 'rate_limits.updated',
  event_id: 'event_5',
  rate_limits: [
    { name: 'requests', limit: 5000, remaining: 4999, reset_seconds: 0.012 },
    { name: 'tokens', limit: 400_000, remaining: 395_517, reset_seconds: 0.672 },
  ],
})

export const errorEvent = (error: SocketEvent = {}): SocketEvent => ({
  type: 'error',
  event_id: 'event_6',
  error: {
    type: 'invalid_request_error',
    code: 'invalid_value',
    message: 'The server refuses.',
    param: null,
    event_id: null,
    ...error,
  },
})
