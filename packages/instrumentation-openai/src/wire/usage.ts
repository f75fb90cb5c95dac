import { type ReportedModalities, type ReportedUsage, normaliseUsage, type Usage, warnOnce } from '@tokenmeter/meter'
import { asObject, type JsonObject } from './json.ts'

/** Usage of chat completions, legacy completions and embeddings: `prompt_tokens` and `completion_tokens`. */
export function readCompletionUsage(value: unknown): Usage | undefined {
  const usage = asObject(value)
  if (!usage) return undefined
  const input = asObject(usage['prompt_tokens_details'])
  const output = asObject(usage['completion_tokens_details'])
  return readUsage(usage['prompt_tokens'], usage['completion_tokens'], input, output)
}

/** Usage of Responses: `input_tokens` and `output_tokens`. */
export function readResponseUsage(value: unknown): Usage | undefined {
  const usage = asObject(value)
  if (!usage) return undefined
  const input = asObject(usage['input_tokens_details'])
  const output = asObject(usage['output_tokens_details'])
  return readUsage(usage['input_tokens'], usage['output_tokens'], input, output)
}

/** Usage of a response of the Realtime API, which breaks down its cached input, too. */
export function readRealtimeUsage(value: unknown): Usage | undefined {
  const usage = asObject(value)
  if (!usage) return undefined
  const input = asObject(usage['input_token_details'])
  const output = asObject(usage['output_token_details'])
  return readUsage(usage['input_tokens'], usage['output_tokens'], input, output)
}

function readUsage(
  inputTokens: unknown,
  outputTokens: unknown,
  input: JsonObject | undefined,
  output: JsonObject | undefined,
): Usage | undefined {
  const cached = asObject(input?.['cached_tokens_details'])
  return checked({
    inputTokens,
    outputTokens,
    cacheReadTokens: input?.['cached_tokens'],
    cacheWriteTokens: input?.['cache_write_tokens'],
    reasoningTokens: output?.['reasoning_tokens'],
    acceptedPredictionTokens: output?.['accepted_prediction_tokens'],
    rejectedPredictionTokens: output?.['rejected_prediction_tokens'],
    input: input && modalities(input),
    output: output && modalities(output),
    cacheRead: cached && modalities(cached),
  })
}

function modalities(details: JsonObject): ReportedModalities {
  return { text: details['text_tokens'], audio: details['audio_tokens'], image: details['image_tokens'] }
}

function checked(reported: ReportedUsage): Usage | undefined {
  const normalised = normaliseUsage(reported)
  for (const { field, problem } of normalised?.problems ?? []) {
    warnOnce(
      `usage ${field} ${problem}`,
      problem === 'unusable'
        ? `tokenmeter: the provider sent a ${field} that is no count; it was left out.`
        : `tokenmeter: the provider sent more ${field} than the total it belongs to; it was clamped to the total.`,
    )
  }
  return normalised?.usage
}
