import { charactersIn, type Units } from '@tokenmeter/meter'
import { asText, type JsonObject } from '../wire/json.ts'
import { readCharge } from '../wire/usage.ts'
import { speechContent } from './content/media-content.ts'
import { eventWithUsage } from './one-answer.ts'
import type { Answer, OperationRow } from './row.ts'

/** `POST /audio/speech`: the application gets the raw response; only a stream of events tells its usage. */
export const speech: OperationRow = {
  operation: 'speech',
  readRequest(body) {
    const model = asText(body['model'])
    const units = model?.startsWith('tts-') ? charactersOf(body) : undefined
    return {
      ...(model !== undefined && { model }),
      stream: body['stream_format'] === 'sse',
      parameters: { outputType: 'speech' },
      inputIsText: true,
      outputIsText: false,
      ...(units && { units }),
    }
  },
  readAnswer,
  createStreamReader: eventWithUsage(new Set(['speech.audio.done']), readAnswer),
  content: speechContent,
}

/** What `tts-1` and its kin are charged by (https://developers.openai.com/api/docs/pricing); the others are by tokens. */
export function charactersOf({ input }: JsonObject): Units | undefined {
  return typeof input === 'string' ? { inputCharacters: charactersIn(input) } : undefined
}

function readAnswer({ usage }: JsonObject): Answer {
  return { response: {}, ...readCharge('speech', usage) }
}
