import type { CallResponse } from '@tokenmeter/meter'
import { asNumber, asObject, asText, type JsonObject } from '../wire/json.ts'
import type { Texts } from '../wire/texts.ts'
import { UNFINISHED } from './choices.ts'
import { realtime } from './realtime.ts'
import { responses } from './responses.ts'
import { type Answer, type Draft, type OperationRow, put, type StreamReader } from './row.ts'

/**
 * A whole session of the Live API, charged by the second, or of live translation, which does not tell its seconds. Whoever else makes a call of the
 * session hears of the same seconds: they are charged once.
 */
export const live: OperationRow = { ...realtime, createStreamReader: () => new LiveReader() }

class LiveReader implements StreamReader {
  readonly #response: Draft<CallResponse> = { finishReasons: [UNFINISHED] }
  /** Of the whole session: each event that tells them has all of them. */
  #seconds: number | undefined

  read(event: JsonObject): void {
    const seconds = asNumber(asObject(event['usage'])?.['seconds'])
    if (seconds !== undefined && seconds >= 0) this.#seconds = seconds
    const session = asObject(event['session'])
    if (!session) return
    put(this.#response, 'id', asText(session['id']))
    put(this.#response, 'model', asText(session['model']))
    if (event['type'] === 'session.closed')
      this.#response.finishReasons = [event['reason'] === 'content' ? 'content_filter' : 'stop']
  }

  answer(): Answer {
    const inputSeconds = this.#seconds
    if (inputSeconds === undefined) return { response: this.#response }
    return { response: this.#response, units: { inputSeconds }, chargeId: this.#response.id }
  }
}

/** A response that the backend of a Live session makes. Whoever else listens to the session hears of it, too: it is charged once. */
export const liveResponses: OperationRow = {
  ...responses,
  createStreamReader: (written?: Texts): StreamReader => {
    const reader = responses.createStreamReader(written)
    return {
      read: (event) => reader.read(event),
      answer: () => {
        const answer = reader.answer()
        return { ...answer, chargeId: answer.response.id }
      },
    }
  },
}
