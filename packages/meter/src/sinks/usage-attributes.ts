import type { Attributes } from '@opentelemetry/api'
import { ATTRIBUTE } from '../generated/gen-ai.ts'
import { type Operation, OPERATION_CONVENTIONS } from '../operation.ts'
import type { SemconvProfile } from '../profile.ts'
import type { ModalityTokens, Usage } from '../usage.ts'

/** Writes token counts: a subset is written when the provider reported it, also when it reported 0. */
export function setUsageAttributes(
  attributes: Attributes,
  usage: Usage,
  operation: Operation,
  profile: SemconvProfile,
): void {
  const { metrics, usageIsAnothers } = OPERATION_CONVENTIONS[operation]
  if (usageIsAnothers) return
  attributes[ATTRIBUTE.genAiUsageInputTokens] = usage.inputTokens
  if (metrics === 'embeddings') return
  attributes[ATTRIBUTE.genAiUsageOutputTokens] = usage.outputTokens
  set(attributes, ATTRIBUTE.genAiUsageCacheReadInputTokens, usage.cacheReadTokens)
  set(attributes, profile.cacheWriteAttribute, usage.cacheWriteTokens)
  set(attributes, ATTRIBUTE.genAiUsageReasoningOutputTokens, usage.reasoningTokens)
  if (!profile.modalities) return
  setModalities(attributes, INPUT, usage.input)
  setModalities(attributes, OUTPUT, usage.output)
  setModalities(attributes, CACHE_READ, usage.cacheRead)
}

type ModalityNames = Readonly<Record<keyof ModalityTokens, string | undefined>>

const INPUT: ModalityNames = {
  text: ATTRIBUTE.genAiUsageTextInputTokens,
  audio: ATTRIBUTE.genAiUsageAudioInputTokens,
  image: ATTRIBUTE.genAiUsageImageInputTokens,
}
const OUTPUT: ModalityNames = {
  text: ATTRIBUTE.genAiUsageTextOutputTokens,
  audio: ATTRIBUTE.genAiUsageAudioOutputTokens,
  image: ATTRIBUTE.genAiUsageImageOutputTokens,
}
const CACHE_READ: ModalityNames = {
  text: ATTRIBUTE.genAiUsageTextCacheReadInputTokens,
  audio: ATTRIBUTE.genAiUsageAudioCacheReadInputTokens,
  image: ATTRIBUTE.genAiUsageImageCacheReadInputTokens,
}

function setModalities(attributes: Attributes, names: ModalityNames, tokens: ModalityTokens | undefined): void {
  if (!tokens) return
  set(attributes, names.text, tokens.text)
  set(attributes, names.audio, tokens.audio)
  set(attributes, names.image, tokens.image)
}

function set(attributes: Attributes, name: string | undefined, value: number | undefined): void {
  if (name !== undefined && value !== undefined) attributes[name] = value
}
