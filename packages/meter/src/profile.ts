import { ATTRIBUTE, METRIC, type MetricDefinition } from './generated/gen-ai.ts'
import type { OperationConvention } from './operation.ts'

/** Which state of the GenAI conventions the `gen_ai.*` names follow. */
export type SemconvProfileName = 'v0.1.0' | 'v1.41'

/** All profile names, the default first. */
export const SEMCONV_PROFILES: readonly SemconvProfileName[] = ['v0.1.0', 'v1.41']

interface TokenMetrics {
  /** Totals by modality. */
  readonly counters: {
    readonly input: MetricDefinition
    readonly output: MetricDefinition
    readonly cacheRead: MetricDefinition
    readonly cacheWrite: MetricDefinition
    readonly reasoning: MetricDefinition
  }
  /** Distributions per call. */
  readonly perCall: {
    readonly inferenceInput: MetricDefinition
    readonly inferenceOutput: MetricDefinition
    readonly embeddingsInput: MetricDefinition
  }
}

/** The names that differ between states of the conventions. Everything else is spelt alike in all of them. */
export interface SemconvProfile {
  readonly name: SemconvProfileName
  readonly cacheWriteAttribute: string
  /** Whether usage is broken down by modality on the span. */
  readonly modalities: boolean
  readonly duration: Readonly<Record<OperationConvention['metrics'], MetricDefinition>>
  readonly timeToFirstChunk: MetricDefinition
  readonly timePerOutputChunk: MetricDefinition
  readonly tokens?: TokenMetrics
  /** One histogram for input and output, told apart by a token type. */
  readonly legacyTokenUsage?: MetricDefinition
}

const PROFILES: Readonly<Record<SemconvProfileName, SemconvProfile>> = {
  'v0.1.0': {
    name: 'v0.1.0',
    cacheWriteAttribute: ATTRIBUTE.genAiUsageCacheWriteInputTokens,
    modalities: true,
    duration: {
      inference: METRIC.genAiClientInferenceDuration,
      embeddings: METRIC.genAiClientEmbeddingsDuration,
      other: METRIC.genAiClientOperationDuration,
    },
    timeToFirstChunk: METRIC.genAiClientInferenceTimeToFirstChunk,
    timePerOutputChunk: METRIC.genAiClientInferenceTimePerOutputChunk,
    tokens: {
      counters: {
        input: METRIC.genAiClientInferenceUsageInputTokens,
        output: METRIC.genAiClientInferenceUsageOutputTokens,
        cacheRead: METRIC.genAiClientInferenceUsageCacheReadInputTokens,
        cacheWrite: METRIC.genAiClientInferenceUsageCacheWriteInputTokens,
        reasoning: METRIC.genAiClientInferenceUsageReasoningOutputTokens,
      },
      perCall: {
        inferenceInput: METRIC.genAiClientInferenceOperationInputTokens,
        inferenceOutput: METRIC.genAiClientInferenceOperationOutputTokens,
        embeddingsInput: METRIC.genAiClientEmbeddingsOperationInputTokens,
      },
    },
  },
  'v1.41': {
    name: 'v1.41',
    cacheWriteAttribute: ATTRIBUTE.genAiUsageCacheCreationInputTokens,
    modalities: false,
    duration: {
      inference: METRIC.genAiClientOperationDuration,
      embeddings: METRIC.genAiClientOperationDuration,
      other: METRIC.genAiClientOperationDuration,
    },
    timeToFirstChunk: METRIC.genAiClientOperationTimeToFirstChunk,
    timePerOutputChunk: METRIC.genAiClientOperationTimePerOutputChunk,
    legacyTokenUsage: METRIC.genAiClientTokenUsage,
  },
}

/** The profile of that name. */
export function semconvProfile(name: SemconvProfileName): SemconvProfile {
  return PROFILES[name]
}

/** Every `gen_ai.*` metric a profile emits. */
export function profileMetrics(name: SemconvProfileName): readonly MetricDefinition[] {
  const { duration, timeToFirstChunk, timePerOutputChunk, tokens, legacyTokenUsage } = PROFILES[name]
  return [
    ...new Set([
      ...Object.values(duration),
      timeToFirstChunk,
      timePerOutputChunk,
      ...(tokens ? [...Object.values(tokens.counters), ...Object.values(tokens.perCall)] : []),
      ...(legacyTokenUsage ? [legacyTokenUsage] : []),
    ]),
  ]
}
