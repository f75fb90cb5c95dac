import { type Message, type MessagePart, type RawContent } from '@tokenmeter/meter'
import { asArray, asObject, asText, type JsonObject } from '../../wire/json.ts'
import { base64Part, contentParts, mediaParts, messages, textParts, uriPart } from './parts.ts'
import { noContent, type RowContent } from './row-content.ts'

const answered = (parts: readonly MessagePart[]): Message[] =>
  messages('assistant', parts).map((message) => ({ ...message, finish_reason: 'stop' }))

/** `POST /images/…`: a prompt, images that are uploaded, and those that are made. */
export const imageContent: RowContent = {
  fields: ['inputMessages', 'outputMessages'],
  readRequest: ({ prompt, image, mask, images }) => ({
    inputMessages: messages('user', [
      ...textParts(prompt),
      ...mediaParts(image),
      ...mediaParts(mask),
      ...(asArray(images) ?? []).flatMap((one) => uriPart('image', asObject(one)?.['image_url'])),
    ]),
  }),
  readAnswer: (body): RawContent => {
    const fields = asObject(body) ?? {}
    const format = asText(fields['output_format'])
    return {
      outputMessages: (asArray(fields['data']) ?? []).flatMap((item) =>
        answered(imageParts(asObject(item) ?? {}, format)),
      ),
    }
  },
  createStreamReader() {
    let last: RawContent = {}
    return {
      read: (event) => {
        if (String(event['type']).endsWith('.completed'))
          last = { outputMessages: answered(imageParts(event, asText(event['output_format']))) }
      },
      content: () => last,
    }
  },
}

function imageParts(
  { b64_json: data, url, revised_prompt: prompt }: JsonObject,
  format: string | undefined,
): MessagePart[] {
  const mime = format === undefined ? undefined : `image/${format}`
  return [...textParts(prompt), ...base64Part('image', mime, data), ...uriPart('image', url)]
}

/** `POST /audio/speech`: what is to be said, and how. The sound goes straight to the application. */
export const speechContent: RowContent = {
  fields: ['systemInstructions', 'inputMessages'],
  readRequest: ({ input, instructions }) => ({
    systemInstructions: textParts(instructions),
    inputMessages: messages('user', textParts(input)),
  }),
  readAnswer: noContent,
}

/** `POST /audio/transcriptions` and `/audio/translations`, and transcriptions of the Realtime API. */
export const transcriptionContent: RowContent = {
  fields: ['inputMessages', 'outputMessages'],
  readRequest: ({ prompt, file }) => ({ inputMessages: messages('user', [...textParts(prompt), ...mediaParts(file)]) }),
  readAnswer: (body) => ({ outputMessages: answered(transcriptParts(body)) }),
  createStreamReader() {
    let last: RawContent = {}
    return {
      read: (event) => {
        if (event['type'] === 'transcript.text.done') last = { outputMessages: answered(transcriptParts(event)) }
      },
      content: () => last,
    }
  },
}

/** The answer is the text itself where plain text, SRT or VTT was asked for. */
function transcriptParts(body: unknown): MessagePart[] {
  if (typeof body === 'string') return textParts(body)
  const { text, transcript } = asObject(body) ?? {}
  return textParts(text ?? transcript)
}

/** `POST /videos` and what makes a video out of another: a prompt, and a picture to begin with. The answer is a job. */
export const videoContent: RowContent = {
  fields: ['inputMessages'],
  readRequest: ({ prompt, input_reference: reference, video }) => ({
    inputMessages: messages('user', [
      ...textParts(prompt),
      ...mediaParts(reference),
      ...mediaParts(video),
      ...uriPart('image', asObject(reference)?.['image_url']),
    ]),
  }),
  readAnswer: noContent,
}

/** `POST /embeddings`: the texts, of which vectors are made that are never recorded. */
export const embeddingContent: RowContent = {
  fields: ['inputMessages'],
  readRequest: ({ input }) => ({
    inputMessages: messages('user', (asArray(input) ?? [input]).flatMap(textParts)),
  }),
  readAnswer: noContent,
}

/** `POST /moderations`: what is to be judged. The answer is categories and numbers. */
export const moderationContent: RowContent = {
  fields: ['inputMessages'],
  readRequest: ({ input }) => ({ inputMessages: messages('user', contentParts(input)) }),
  readAnswer: noContent,
}
