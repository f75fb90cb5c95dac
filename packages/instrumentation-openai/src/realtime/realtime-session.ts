import type { Context } from '@opentelemetry/api'
import type { RateLimitState } from '@tokenmeter/meter'
import { realtime, RealtimeReader, RESPONSE_FAILED } from '../operations/realtime.ts'
import { type Draft, put } from '../operations/row.ts'
import type { ObservedSession } from '../seam/observer.ts'
import { readEventError } from '../wire/error.ts'
import { asArray, asNumber, asObject, asText, type JsonObject } from '../wire/json.ts'
import { OpenCalls, type SocketCall } from './open-calls.ts'
import { type BeginCall, NO_TARGET } from './session.ts'
import { SessionFacts } from './session-facts.ts'
import { Transcriptions } from './transcriptions.ts'

/** A response from its request, or from the server's word that it makes one, to its end. */
interface RealtimeCall extends SocketCall {
  readonly reader: RealtimeReader
  /** Of the `response.create`, if the application gave it one. */
  readonly eventId: string | undefined
  /** Absent until the server has created the response. */
  id: string | undefined
}

/** One session of the Realtime API: a call for each response, and one for each transcription of what the speaker said. */
export class RealtimeSession implements ObservedSession {
  readonly #begin: BeginCall
  readonly #parent: Context
  /** The model the application asked for. */
  readonly #model: string | undefined
  readonly #facts = new SessionFacts()
  readonly #open = new OpenCalls<RealtimeCall>()
  readonly #transcriptions: Transcriptions
  /** What was sent last, if it is a call. */
  #last: RealtimeCall | undefined

  /** @param parent the context of what the server begins by itself. */
  constructor(begin: BeginCall, model: string | undefined, parent: Context) {
    this.#begin = begin
    this.#model = model
    this.#parent = parent
    this.#transcriptions = new Transcriptions(begin, parent, this.#facts)
  }

  sending(event: unknown, isQueued: boolean, parent: Context): void {
    const { type, response, event_id: eventId } = asObject(event) ?? {}
    this.#last =
      type === 'response.create' ? this.#create(asObject(response) ?? {}, parent, isQueued, asText(eventId)) : undefined
  }

  #create(body: JsonObject, parent: Context, isQueued: boolean, eventId?: string): RealtimeCall {
    const { modalities, maxTokens, temperature } = this.#facts
    const defaults = { output_modalities: body['modalities'] ?? modalities, max_output_tokens: maxTokens, temperature }
    const request = realtime.readRequest({ ...defaults, ...body, model: this.#model }, NO_TARGET)
    const reader = new RealtimeReader(this.#facts.model)
    const call = this.#begin({ ...realtime, createStreamReader: () => reader }, request, body, parent)
    const open: RealtimeCall = { call, reader, eventId, id: undefined, isQueued, onChunk: call.streaming() }
    this.#open.add(open)
    return open
  }

  connected(): void {
    this.#open.connected()
  }

  notSent(): void {
    this.#open.notSent(this.#last)
  }

  received(event: unknown): void {
    const json = asObject(event)
    const type = json?.['type']
    if (!json || typeof type !== 'string') return
    this.#open.connected()
    if (this.#transcriptions.received(type, json)) return
    if (type.endsWith('.delta')) {
      const id = json['response_id']
      if (id !== undefined) this.#open.find((call) => call.id === id)?.onChunk(json)
      return
    }
    switch (type) {
      case 'session.created':
      case 'session.updated':
      case 'transcription_session.created':
      case 'transcription_session.updated':
        return this.#facts.read(asObject(json['session']) ?? {})
      case 'response.created':
        return void this.#created(json)
      case 'response.done':
        return this.#done(json)
      case 'rate_limits.updated':
        return this.#limited(readRateLimits(json['rate_limits']))
      case 'error':
        return this.#refused(asObject(json['error']) ?? {})
    }
  }

  /** The server creates responses in the order in which they were asked for; what nobody asked for is a turn of the speaker's. */
  #created(event: JsonObject): RealtimeCall {
    const call = this.#open.find(isPending) ?? this.#create({}, this.#parent, false)
    call.id = asText(asObject(event['response'])?.['id']) ?? ''
    call.reader.read(event)
    return call
  }

  /** The server says so when it begins a response. */
  #limited(rateLimit: RateLimitState): void {
    const begun = this.#open.findLast((call) => !isPending(call)) ?? this.#open.find(isPending)
    begun?.call.limited(rateLimit)
  }

  #done(event: JsonObject): void {
    const response = asObject(event['response']) ?? {}
    const id = asText(response['id']) ?? ''
    const open = this.#open.find((call) => call.id === id) ?? this.#created(event)
    this.#open.remove(open)
    open.reader.read(event)
    open.call.told(event)
    const { status, status_details: details } = response
    if (status === 'cancelled') open.call.streamEnded('stopped')
    else if (status === 'failed') open.call.failed(readEventError(asObject(details)?.['error'], RESPONSE_FAILED))
    else open.call.streamEnded('done')
  }

  /** An error says which event it is about if that has an id; else only its field tells that it can be about a response. */
  #refused(error: JsonObject): void {
    const eventId = asText(error['event_id'])
    const param = asText(error['param'])
    const isAbout = (call: RealtimeCall): boolean =>
      isPending(call) &&
      (eventId === undefined ? param === undefined || param.startsWith('response') : call.eventId === eventId)
    const call = this.#open.find(isAbout)
    if (!call) return
    this.#open.remove(call)
    call.call.failed(readEventError(error))
  }

  transportFailed(cause: unknown): void {
    this.#open.failing(cause)
    this.#transcriptions.open.failing(cause)
  }

  disconnected(code: number | undefined): void {
    this.#open.disconnected(code)
    this.#transcriptions.open.disconnected(code)
  }

  closed(code: number | undefined): void {
    this.#open.closed(code)
    this.#transcriptions.open.closed(code)
  }

  abandoned(): void {
    this.#open.abandoned()
    this.#transcriptions.open.abandoned()
  }
}

const isPending = (call: RealtimeCall): boolean => call.id === undefined

/** `rate_limits` of the event `rate_limits.updated`. */
function readRateLimits(limits: unknown): RateLimitState {
  const state: Draft<RateLimitState> = {}
  for (const item of asArray(limits) ?? []) {
    const { name, limit, remaining } = asObject(item) ?? {}
    if (name === 'requests') {
      put(state, 'limitRequests', asNumber(limit))
      put(state, 'remainingRequests', asNumber(remaining))
    } else if (name === 'tokens') {
      put(state, 'limitTokens', asNumber(limit))
      put(state, 'remainingTokens', asNumber(remaining))
    }
  }
  return state
}
