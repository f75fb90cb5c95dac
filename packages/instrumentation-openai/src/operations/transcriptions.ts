import type { CallRequest } from '@tokenmeter/meter'
import { asNumber, asObject, asText, type JsonObject } from '../wire/json.ts'
import { readResponseUsage } from '../wire/usage.ts'
import { eventWithUsage } from './one-answer.ts'
import type { Answer, OperationRow } from './row.ts'

/** `POST /audio/transcriptions`, charged by tokens or by the second, as its usage says; streamed or not */
export const transcription: OperationRow = {
  operation: 'transcription',
  readRequest,
  readAnswer,
  createStreamReader: eventWithUsage(new Set(['transcript.text.done']), readAnswer),
}

/** `POST /audio/translations` */
export const translation: OperationRow = { ...transcription, operation: 'translation' }

function readRequest(body: JsonObject): CallRequest {
  const model = asText(body['model'])
  return {
    ...(model !== undefined && { model }),
    stream: body['stream'] === true || body['stream'] === 'true',
    parameters: { outputType: 'text' },
    inputIsText: false,
    outputIsText: true,
  }
}

function readAnswer(body: JsonObject): Answer {
  const usage = asObject(body['usage'])
  if (usage?.['type'] !== 'duration') return { response: {}, usage: readTranscriptionUsage(usage) }
  const inputSeconds = asNumber(usage['seconds'])
  return { response: {}, ...(inputSeconds !== undefined && inputSeconds >= 0 && { units: { inputSeconds } }) }
}

/** Transcriptions call their details `input_token_details`. */
function readTranscriptionUsage(usage: JsonObject | undefined): ReturnType<typeof readResponseUsage> {
  return usage && readResponseUsage({ ...usage, input_tokens_details: usage['input_token_details'] })
}
