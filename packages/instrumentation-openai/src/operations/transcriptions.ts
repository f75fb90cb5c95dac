import type { CallRequest } from '@tokenmeter/meter'
import { asText, type JsonObject } from '../wire/json.ts'
import { readCharge } from '../wire/usage.ts'
import { transcriptionContent } from './content/media-content.ts'
import { eventWithUsage } from './one-answer.ts'
import type { Answer, OperationRow } from './row.ts'

/** `POST /audio/transcriptions`, charged by tokens or by the second, as its usage says; streamed or not */
export const transcription: OperationRow = {
  operation: 'transcription',
  readRequest,
  readAnswer,
  createStreamReader: eventWithUsage(new Set(['transcript.text.done']), readAnswer),
  content: transcriptionContent,
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
  return { response: {}, ...readCharge('transcription', body['usage']) }
}
