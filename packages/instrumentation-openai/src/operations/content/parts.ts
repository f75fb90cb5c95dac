import { Media, mediaOfDataUrl, type Message, type MessagePart } from '@tokenmeter/meter'
import { asArray, asNumber, asObject, asText, type JsonObject } from '../../wire/json.ts'

/** Parts of messages are in the schemas of the GenAI conventions: `gen-ai-input-messages.json`, 2026-08-15. */
const textPart = (content: string): MessagePart => ({ type: 'text', content })

/** A text that may be empty, or absent. */
export function textParts(content: unknown): MessagePart[] {
  const text = asText(content)
  return text === undefined ? [] : [textPart(text)]
}

export function reasoningParts(content: unknown): MessagePart[] {
  const text = asText(content)
  return text === undefined ? [] : [{ type: 'reasoning', content: text }]
}

/** @param args JSON as the model wrote it; what is none stays a text. */
export function toolCallPart(id: unknown, name: unknown, args: unknown): MessagePart {
  const known = asText(id)
  return {
    type: 'tool_call',
    ...(known !== undefined && { id: known }),
    name: asText(name) ?? 'unknown',
    ...(args !== undefined && args !== null && args !== '' && { arguments: parsed(args) }),
  }
}

export function toolResultPart(id: unknown, response: unknown): MessagePart {
  const known = asText(id)
  return { type: 'tool_call_response', ...(known !== undefined && { id: known }), response: response ?? '' }
}

/** Where something is, or all of it in a `data:` URL. */
export function uriPart(modality: string, uri: unknown): MessagePart[] {
  const text = asText(uri)
  return text === undefined ? [] : [mediaOfDataUrl(text, modality) ?? { type: 'uri', modality, uri: text }]
}

function filePart(modality: string, fileId: unknown): MessagePart[] {
  const text = asText(fileId)
  return text === undefined ? [] : [{ type: 'file', modality, file_id: text }]
}

export function base64Part(modality: string, mime: string | undefined, data: unknown): MessagePart[] {
  const text = asText(data)
  return text === undefined ? [] : [mediaOfDataUrl(text, modality) ?? new Media(modality, mime, text)]
}

/** What a form has in the place of a file, or of several. */
export function mediaParts(value: unknown): MessagePart[] {
  return (asArray(value) ?? [value]).filter((item) => item instanceof Media)
}

/** Content of a message of chat, of Responses, of the Realtime API, of moderations and decisions: a text, or parts whose types tell them apart. */
export function contentParts(content: unknown): MessagePart[] {
  const parts = asArray(content)
  if (!parts) return textParts(content)
  return parts.flatMap((part) => (typeof part === 'string' ? textParts(part) : contentPart(asObject(part) ?? {})))
}

function contentPart(part: JsonObject): MessagePart[] {
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'summary_text':
      return textParts(part['text'])
    case 'refusal':
      return textParts(part['refusal'])
    case 'reasoning_text':
    case 'reasoning':
    case 'thinking':
      return reasoningParts(part['text'] ?? part['thinking'])
    case 'image_url':
    case 'input_image':
      return [...uriPart('image', urlOf(part['image_url'])), ...filePart('image', part['file_id'])]
    case 'input_audio':
    case 'audio':
    case 'output_audio':
      return audioParts(part)
    case 'file':
    case 'input_file':
      return fileParts(asObject(part['file']) ?? part)
    default:
      return [genericPart(part)]
  }
}

/** `{ url }`, or the URL itself. */
const urlOf = (image: unknown): unknown => asObject(image)?.['url'] ?? image

/** Of chat the sound and its format are an object of their own; of the Realtime API the transcript is what can be read. */
function audioParts(part: JsonObject): MessagePart[] {
  const audio = asObject(part['input_audio'])
  const format = asText(audio?.['format'])
  return [
    ...base64Part(
      'audio',
      format === undefined ? undefined : `audio/${format}`,
      audio?.['data'] ?? part['audio'] ?? part['data'],
    ),
    ...textParts(part['transcript']),
  ]
}

function fileParts({ file_id: id, file_data: data, file_url: url, filename }: JsonObject): MessagePart[] {
  return [
    ...textParts(filename),
    ...filePart('document', id),
    ...base64Part('document', undefined, data),
    ...uriPart('document', url),
  ]
}

/** Whatever there is no word for: everything it says, and what the API calls it. */
export function genericPart({ type, ...fields }: JsonObject): MessagePart {
  return { type: 'generic', generic_type: asText(type) ?? 'unknown', ...(withMedia(fields) as JsonObject) }
}

/** Deeper than any item of the API. */
const MAX_DEPTH = 8

/** A value with `Media` in the place of each data URL. What has none is not copied. */
export function withMedia(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return mediaOfDataUrl(value) ?? value
  if (typeof value !== 'object' || value === null || value instanceof Media || depth > MAX_DEPTH) return value
  let copy: Record<string, unknown> | unknown[] | undefined
  for (const [key, item] of Object.entries(value)) {
    const changed = withMedia(item, depth + 1)
    if (changed === item) continue
    copy ??= Array.isArray(value) ? [...(value as unknown[])] : { ...value }
    ;(copy as Record<string, unknown>)[key] = changed
  }
  return copy ?? value
}

/** What a text of JSON says; any other value is what it is. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** A message that says something; without parts there is none. */
export function messages(role: string, parts: readonly MessagePart[]): Message[] {
  return parts.length === 0 ? [] : [{ role, parts }]
}

/** Finish reasons as messages have them: https://github.com/open-telemetry/semantic-conventions-genai, `gen-ai-output-messages.json`. */
export function finishReason(reason: string): string {
  return reason === 'tool_calls' || reason === 'function_call' ? 'tool_call' : reason
}

/** Index of a choice, or of an item; `undefined` for what is none, or none that is worth a place. */
export function indexOf(value: unknown): number | undefined {
  const index = value === undefined ? 0 : asNumber(value)
  return index !== undefined && Number.isInteger(index) && index >= 0 && index < MAX_INDEX ? index : undefined
}

/** `n` is at most 128 in the API; so are the tools of one answer. */
const MAX_INDEX = 128
