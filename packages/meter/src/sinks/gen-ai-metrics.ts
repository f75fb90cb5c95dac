import type { Attributes, Context } from '@opentelemetry/api'
import type { Call } from '../call.ts'
import type { GenAiHistograms, GenAiInstruments } from '../gen-ai-instruments.ts'
import type { AddTokens, GenAiRow } from '../gen-ai-row.ts'
import { forEachModality } from '../modality.ts'
import { OPERATION_CONVENTIONS } from '../operation.ts'
import type { ModalityTokens, Usage } from '../usage.ts'

/** Adds a finished call to the `gen_ai.*` client metrics of the instruments' profile. */
export function recordGenAiMetrics(instruments: GenAiInstruments, call: Call, context: Context): void {
  const { histograms, rows } = instruments
  const row = rows.row(call)
  const family = OPERATION_CONVENTIONS[call.operation].metrics
  histograms.duration[family].record(call.timing.duration, rows.outcome(row, call.outcome.errorType), context)
  if (family === 'other') return
  const isInference = family === 'inference'
  if (call.usage && isInference && instruments.profile.tokens) countUsage(instruments, row, call, call.usage)
  if (call.usage) recordUsagePerCall(histograms, row, call.usage, isInference, context)
  recordChunks(histograms, row.common, call, context)
}

function recordUsagePerCall(
  { inferenceInput, inferenceOutput, embeddingsInput, tokenUsage }: GenAiHistograms,
  row: GenAiRow,
  usage: Usage,
  isInference: boolean,
  context: Context,
): void {
  if (isInference) {
    inferenceInput?.record(usage.inputTokens, row.refined, context)
    inferenceOutput?.record(usage.outputTokens, row.refined, context)
  } else {
    embeddingsInput?.record(usage.inputTokens, row.common, context)
  }
  if (!tokenUsage) return
  tokenUsage.record(usage.inputTokens, row.inputType, context)
  if (isInference) tokenUsage.record(usage.outputTokens, row.outputType, context)
}

function recordChunks(histograms: GenAiHistograms, attributes: Attributes, call: Call, context: Context): void {
  const { timeToFirstChunk, chunkGaps } = call.timing
  if (timeToFirstChunk === undefined) return
  histograms.timeToFirstChunk.record(timeToFirstChunk, attributes, context)
  if (chunkGaps) histograms.timePerOutputChunk.recordEach(chunkGaps, attributes, context)
}

/** The rules of the conventions: the parts of a total, by modality, add up to it; a subset is counted where it was reported. */
function countUsage(instruments: GenAiInstruments, row: GenAiRow, { request }: Call, usage: Usage): void {
  const { inputIsText, outputIsText } = request
  count(instruments.counter(row, 'input'), usage.inputTokens, usage.input, inputIsText)
  count(instruments.counter(row, 'output'), usage.outputTokens, usage.output, outputIsText)
  count(instruments.counter(row, 'cacheRead'), usage.cacheReadTokens, usage.cacheRead, inputIsText)
  count(instruments.counter(row, 'cacheWrite'), usage.cacheWriteTokens, undefined, inputIsText)
  count(instruments.counter(row, 'reasoning'), usage.reasoningTokens, undefined, true)
}

function count(add: AddTokens, tokens: number | undefined, by: ModalityTokens | undefined, isText: boolean): void {
  if (tokens !== undefined) forEachModality(tokens, by, isText, add)
}
