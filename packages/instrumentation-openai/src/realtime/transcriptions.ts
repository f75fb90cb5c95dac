import type { Context } from '@opentelemetry/api'
import { transcription } from '../operations/transcriptions.ts'
import { readEventError } from '../wire/error.ts'
import { asText, type JsonObject } from '../wire/json.ts'
import { OpenCalls, type SocketCall } from './open-calls.ts'
import { type BeginCall, NO_TARGET } from './session.ts'
import type { SessionFacts } from './session-facts.ts'

const EVENTS = 'conversation.item.input_audio_transcription.'

interface TranscriptionCall extends SocketCall {
  readonly itemId: string
}

/**
 * What a model of its own writes down of the speaker's words, and is charged for apart from the session's responses: a call from the moment
 * at which the audio is complete to its transcript.
 */
export class Transcriptions {
  readonly open: OpenCalls<TranscriptionCall> = new OpenCalls()
  readonly #begin: BeginCall
  readonly #parent: Context
  readonly #facts: SessionFacts

  constructor(begin: BeginCall, parent: Context, facts: SessionFacts) {
    this.#begin = begin
    this.#parent = parent
    this.#facts = facts
  }

  /** @returns whether the event was about a transcription and nothing else. */
  received(type: string, event: JsonObject): boolean {
    this.open.connected()
    const itemId = asText(event['item_id']) ?? ''
    if (type === 'input_audio_buffer.committed') {
      if (this.#facts.transcriptionModel !== undefined) this.#callOf(itemId)
      return true
    }
    if (!type.startsWith(EVENTS)) return false
    const step = type.slice(EVENTS.length)
    if (step === 'delta') this.#callOf(itemId).onChunk(event)
    else if (step === 'completed') this.#take(itemId).call.answered(event)
    else if (step === 'failed') this.#take(itemId).call.failed(readEventError(event['error'], 'transcription_failed'))
    return true
  }

  #take(itemId: string): TranscriptionCall {
    const call = this.#callOf(itemId)
    this.open.remove(call)
    return call
  }

  #callOf(itemId: string): TranscriptionCall {
    const known = this.open.find((call) => call.itemId === itemId)
    if (known) return known
    const { transcriptionModel: model } = this.#facts
    const request = transcription.readRequest({ model, stream: true }, NO_TARGET)
    const call = this.#begin(transcription, request, {}, this.#parent)
    const open: TranscriptionCall = { itemId, call, isQueued: false, onChunk: call.streaming() }
    this.open.add(open)
    return open
  }
}
