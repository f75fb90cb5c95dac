import type { Operation } from '@tokenmeter/meter'

/** Models that have an endpoint of their own, by how OpenAI names them. */
const OPERATIONS: readonly (readonly [name: RegExp, operation: Operation])[] = [
  [/^(?:dall-e|gpt-image|chatgpt-image)-/, 'image'],
  [/^tts-|-tts(?:-|$)/, 'speech'],
  [/^whisper-|-transcribe(?:-|$)/, 'transcription'],
  [/^sora-/, 'video'],
  [/^text-embedding-/, 'embedding'],
  [/^(?:omni|text)-moderation-/, 'moderation'],
  [/realtime/, 'realtime'],
]

/** The endpoint that was probably called: it decides how usage is read and under what it is added up, never what it costs. */
export function operationOf(usage: unknown, model: string): Operation {
  const known = OPERATIONS.find(([name]) => name.test(model))
  if (known) return known[1]
  return typeof usage === 'object' && usage !== null && 'input_tokens' in usage ? 'response' : 'chat_completion'
}
