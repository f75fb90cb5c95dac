import type { CallResponse } from '@tokenmeter/meter'
import { asObject, asText, type JsonObject } from '../wire/json.ts'
import type { Texts } from '../wire/texts.ts'
import { UNFINISHED } from './choices.ts'
import { realtime } from './realtime.ts'
import { responses } from './responses.ts'
import { type Answer, type Draft, type OperationRow, put, type StreamReader } from './row.ts'

/** A whole session of the Live API, or of live translation. It is charged by the length of its audio, for which there is no price here. */
export const live: OperationRow = { ...realtime, createStreamReader: () => new LiveReader() }

class LiveReader implements StreamReader {
  readonly #response: Draft<CallResponse> = { finishReasons: [UNFINISHED] }

  read(event: JsonObject): void {
    const session = asObject(event['session'])
    if (!session) return
    put(this.#response, 'id', asText(session['id']))
    put(this.#response, 'model', asText(session['model']))
    if (event['type'] === 'session.closed')
      this.#response.finishReasons = [event['reason'] === 'content' ? 'content_filter' : 'stop']
  }

  answer(): Answer {
    return { response: this.#response }
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
