import type { Units } from '@tokenmeter/meter'
import { asText, type JsonObject } from '../wire/json.ts'
import { readResponseUsage } from '../wire/usage.ts'
import { eventWithUsage } from './one-answer.ts'
import type { OperationRow } from './row.ts'

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
  readAnswer: (body) => ({ response: {}, usage: readSpeechUsage(body['usage']) }),
  createStreamReader: eventWithUsage(new Set(['speech.audio.done']), (event) => ({
    response: {},
    usage: readSpeechUsage(event['usage']),
  })),
}

/** What `tts-1` and its kin are charged by (https://developers.openai.com/api/docs/pricing); the others are by tokens. */
export function charactersOf({ input }: JsonObject): Units | undefined {
  if (typeof input !== 'string') return undefined
  let inputCharacters = 0
  // By code points: an emoji is one character.
  for (const _ of input) inputCharacters++
  return { inputCharacters }
}

/** All output of a speech model is audio. */
function readSpeechUsage(value: unknown): ReturnType<typeof readResponseUsage> {
  const usage = readResponseUsage(value)
  return usage && { ...usage, output: { audio: usage.outputTokens } }
}
