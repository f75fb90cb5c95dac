import { type ReportedUsage, normaliseUsage, type Usage, warnOnce } from '@tokenmeter/meter'
import { asObject, type JsonObject } from './json.ts'

/** Usage of chat completions, legacy completions and embeddings: `prompt_tokens` and `completion_tokens`. */
export function readCompletionUsage(value: unknown): Usage | undefined {
  const usage = asObject(value)
  if (!usage) return undefined
  const input = asObject(usage['prompt_tokens_details'])
  const output = asObject(usage['completion_tokens_details'])
  return checked({
    inputTokens: usage['prompt_tokens'],
    outputTokens: usage['completion_tokens'],
    ...inputDetails(input),
    ...outputDetails(output),
  })
}

/** Usage of Responses: `input_tokens` and `output_tokens`. */
export function readResponseUsage(value: unknown): Usage | undefined {
  const usage = asObject(value)
  if (!usage) return undefined
  const input = asObject(usage['input_tokens_details'])
  const output = asObject(usage['output_tokens_details'])
  return checked({
    inputTokens: usage['input_tokens'],
    outputTokens: usage['output_tokens'],
    ...inputDetails(input),
    ...outputDetails(output),
  })
}

function inputDetails(details: JsonObject | undefined): ReportedUsage | undefined {
  if (!details) return undefined
  return {
    cacheReadTokens: details['cached_tokens'],
    cacheWriteTokens: details['cache_write_tokens'],
    input: modalities(details),
  }
}

function outputDetails(details: JsonObject | undefined): ReportedUsage | undefined {
  if (!details) return undefined
  return {
    reasoningTokens: details['reasoning_tokens'],
    acceptedPredictionTokens: details['accepted_prediction_tokens'],
    rejectedPredictionTokens: details['rejected_prediction_tokens'],
    output: modalities(details),
  }
}

function modalities(details: JsonObject): NonNullable<ReportedUsage['input']> {
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
