import type { Context } from '@opentelemetry/api'
import type { CallRequest } from '@tokenmeter/meter'
import { LAST_EVENTS } from '../operations/response-end.ts'
import { responses } from '../operations/responses.ts'
import type { OperationRow } from '../operations/row.ts'
import type { ObservedSession } from '../seam/observer.ts'
import { readEventError } from '../wire/error.ts'
import { asObject, asText, type JsonObject } from '../wire/json.ts'
import { OpenCalls, type SocketCall } from './open-calls.ts'
import { type BeginCall, NO_TARGET } from './session.ts'

interface LaneCall extends SocketCall {
  /** `stream_id`: responses of one lane come one after the other; absent where the application uses none. */
  readonly lane: unknown
}

/** The Responses API over a WebSocket: a call for each `response.create`, streamed like one over HTTP. */
export class ResponsesSession implements ObservedSession {
  readonly #begin: BeginCall
  readonly #parent: Context
  readonly #row: OperationRow
  readonly #open = new OpenCalls<LaneCall>()
  /** What was sent last, if it is a call. */
  #last: LaneCall | undefined

  /** @param parent the context of responses whose request was not seen, because it was sent as bytes, or is the server's own. */
  constructor(begin: BeginCall, parent: Context, row: OperationRow = responses) {
    this.#begin = begin
    this.#parent = parent
    this.#row = row
  }

  sending(event: unknown, isQueued: boolean, parent: Context): void {
    const body = asObject(event)
    if (body?.['type'] !== 'response.create') this.#last = undefined
    else this.#last = this.#create(requestOf(body), body, body['stream_id'], isQueued, parent)
  }

  #create(request: CallRequest, body: JsonObject, lane: unknown, isQueued: boolean, parent: Context): LaneCall {
    const call = this.#begin(this.#row, request, body, parent)
    const open: LaneCall = { lane, call, isQueued, onChunk: call.streaming() }
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
    if (json) this.hear(json, json['stream_id'])
  }

  /** @param lane what tells the events of responses apart that are on their way together. */
  hear(json: JsonObject, lane: unknown): void {
    this.#open.connected()
    const { type } = json
    const current = this.#open.find((call) => call.lane === lane)
    if (type === 'error') {
      if (!current) return
      this.#open.remove(current)
      current.call.failed(readEventError({ ...json, ...asObject(json['error']) }))
      return
    }
    const call = current ?? (type === 'response.created' ? this.#unasked(json, lane) : undefined)
    if (!call) return
    call.onChunk(json)
    if (!LAST_EVENTS.has(type)) return
    this.#open.remove(call)
    call.call.streamEnded('done')
  }

  #unasked(event: JsonObject, lane: unknown): LaneCall {
    const model = asText(asObject(event['response'])?.['model'])
    return this.#create({ ...requestOf({ model }), inputIsText: false }, {}, lane, false, this.#parent)
  }

  transportFailed(cause: unknown): void {
    this.#open.failing(cause)
  }

  disconnected(code: number | undefined): void {
    this.#open.disconnected(code)
  }

  closed(code: number | undefined): void {
    this.#open.closed(code)
  }

  abandoned(): void {
    this.#open.abandoned()
  }
}

const requestOf = (body: JsonObject): CallRequest => responses.readRequest({ ...body, stream: true }, NO_TARGET)
