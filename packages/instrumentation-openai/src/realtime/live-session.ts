import type { Context } from '@opentelemetry/api'
import { decisions } from '../operations/decisions.ts'
import { live, liveResponses } from '../operations/live.ts'
import type { StreamReader } from '../operations/row.ts'
import type { ObservedSession } from '../seam/observer.ts'
import { readEventError } from '../wire/error.ts'
import { asObject, asText, type JsonObject } from '../wire/json.ts'
import { OpenCalls, type SocketCall } from './open-calls.ts'
import { ResponsesSession } from './responses-session.ts'
import { type BeginCall, NO_TARGET } from './session.ts'

/** The session itself. */
interface LiveCall extends SocketCall {
  readonly reader: StreamReader
  hasStarted: boolean
}

const STARTED: ReadonlySet<unknown> = new Set(['session.started', 'session.created'])

/**
 * The Live API, and live translation: a call for the session, which speaks all the time and not in turns, and one for each response and decision
 * that it has made by others.
 */
export class LiveSession implements ObservedSession {
  readonly #begin: BeginCall
  readonly #parent: Context
  readonly #model: string | undefined
  /** Whether the socket only listens to a session that another connection has. */
  readonly #isAttached: boolean
  readonly #responses: ResponsesSession
  readonly #open = new OpenCalls<LiveCall>()
  /** What was sent last, if it is a call. */
  #last: LiveCall | undefined

  /** @param parent the context of what the server begins by itself. */
  constructor(begin: BeginCall, model: string | undefined, parent: Context, isAttached: boolean) {
    this.#begin = begin
    this.#model = model
    this.#parent = parent
    this.#isAttached = isAttached
    this.#responses = new ResponsesSession(begin, parent, liveResponses)
  }

  sending(event: unknown, isQueued: boolean, parent: Context): void {
    const { type, session } = asObject(event) ?? {}
    this.#last = type === 'session.start' ? this.#start(asObject(session) ?? {}, isQueued, parent) : undefined
  }

  #start(session: JsonObject, isQueued: boolean, parent: Context): LiveCall {
    const model = this.#model ?? asText(session['model'])
    const request = live.readRequest({ model, output_modalities: ['audio'] }, NO_TARGET)
    const reader = live.createStreamReader()
    const call = this.#begin({ ...live, createStreamReader: () => reader }, request, {}, parent)
    const open: LiveCall = { call, reader, isQueued, hasStarted: false, onChunk: call.streaming() }
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
    if (!json) return
    this.#open.connected()
    const { type } = json
    if (type === 'response.event') this.#responses.hear(asObject(json['event']) ?? {}, json['delegation_id'])
    else if (type === 'decision.event') this.#decided(asObject(asObject(json['event'])?.['decision']))
    else if (STARTED.has(type)) this.#started(json)
    else if (type === 'session.output_audio.delta') this.#current()?.onChunk(json)
    else if (type === 'session.usage.updated') this.#current()?.reader.read(json)
    else if (type === 'session.closed') this.#closed(json)
    else if (type === 'error') this.#refused(json['error'])
  }

  #decided(decision: JsonObject | undefined): void {
    if (!decision) return
    const request = decisions.readRequest({ model: decision['model'] }, NO_TARGET)
    this.#begin(decisions, request, {}, this.#parent).answered(decision)
  }

  #current(): LiveCall | undefined {
    return this.#open.find(() => true)
  }

  #started(event: JsonObject): void {
    if (this.#isAttached) return
    const open = this.#current() ?? this.#start(asObject(event['session']) ?? {}, false, this.#parent)
    open.hasStarted = true
    open.reader.read(event)
  }

  #closed(event: JsonObject): void {
    const open = this.#current()
    if (!open) return
    this.#open.remove(open)
    open.reader.read(event)
    if (event['reason'] === 'connection_lost') open.call.failed({ code: 'connection_lost' })
    else open.call.streamEnded('done')
  }

  /** After its beginning an error is about a command, and the session goes on. */
  #refused(error: unknown): void {
    const open = this.#current()
    if (!open || open.hasStarted) return
    this.#open.remove(open)
    open.call.failed(readEventError(error))
  }

  transportFailed(cause: unknown): void {
    this.#open.failing(cause)
    this.#responses.transportFailed(cause)
  }

  disconnected(code: number | undefined): void {
    this.#open.disconnected(code)
    this.#responses.disconnected(code)
  }

  closed(code: number | undefined): void {
    this.#open.closed(code)
    this.#responses.closed(code)
  }

  abandoned(): void {
    this.#open.abandoned()
    this.#responses.abandoned()
  }
}
