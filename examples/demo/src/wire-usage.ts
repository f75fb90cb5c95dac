import type { AnswerUsage } from './scenes.ts'
import type { ServedUsage } from './served.ts'

/** `usage` as OpenAI writes it: chat completions and embeddings in one vocabulary, Responses in another. */
export type WireUsage = Record<string, unknown>

/** The same counts in the vocabulary of the object they replace, with the details that aimock leaves out. */
export function writeUsage(like: WireUsage, { input, cached = 0, output, reasoning = 0 }: AnswerUsage): WireUsage {
  const total_tokens = input + output
  if ('input_tokens' in like) {
    return {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cached },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens,
    }
  }
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

/** Reads the counts back from what is about to be sent. */
export function readUsage(usage: WireUsage): ServedUsage {
  return {
    inputTokens: count(usage, 'input_tokens') || count(usage, 'prompt_tokens'),
    cachedTokens: detail(usage, 'input_tokens_details', 'prompt_tokens_details', 'cached_tokens'),
    outputTokens: count(usage, 'output_tokens') || count(usage, 'completion_tokens'),
    reasoningTokens: detail(usage, 'output_tokens_details', 'completion_tokens_details', 'reasoning_tokens'),
  }
}

function detail(usage: WireUsage, responses: string, chat: string, field: string): number {
  return count((usage[responses] ?? usage[chat] ?? {}) as WireUsage, field)
}

function count(object: WireUsage, field: string): number {
  const value = object[field]
  return typeof value === 'number' ? value : 0
}
