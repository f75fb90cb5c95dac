import { asObject, asText, type JsonObject } from '../wire/json.ts'

/** What a Realtime session says about itself, in the shapes of the beta (v4) and of today. */
export class SessionFacts {
  /** The model that serves, as the provider names it. */
  model: string | undefined
  /** The model that writes down what the speaker says; absent when nobody does. */
  transcriptionModel: string | undefined
  /** What responses are made of where their `response.create` says nothing. */
  modalities: unknown
  maxTokens: unknown
  temperature: unknown

  /** @param session of an event `session.created` or `session.updated`, which carry all of it. */
  read(session: JsonObject): void {
    this.model = asText(session['model']) ?? this.model
    const input = asObject(asObject(session['audio'])?.['input'])
    const transcription = asObject(input?.['transcription'] ?? session['input_audio_transcription'])
    this.transcriptionModel = asText(transcription?.['model'])
    this.modalities = session['output_modalities'] ?? session['modalities']
    this.maxTokens = session['max_output_tokens'] ?? session['max_response_output_tokens']
    this.temperature = session['temperature']
  }
}
