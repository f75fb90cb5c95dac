import { ATTRIBUTE } from '../generated/gen-ai.ts'
import { type Operation, OPERATION_CONVENTIONS } from '../operation.ts'
import type { SemconvProfile } from '../profile.ts'
import type { ModalityTokens, Usage } from '../usage.ts'
import type { AttributeTarget } from '../attribute-target.ts'

/** Writes token counts: a subset is written when the provider reported it, also when it reported 0. */
export function setUsageAttributes(
  target: AttributeTarget,
  usage: Usage,
  operation: Operation,
  profile: SemconvProfile,
): void {
  const { metrics, usageIsAnothers } = OPERATION_CONVENTIONS[operation]
  if (usageIsAnothers) return
  target.setAttribute(ATTRIBUTE.genAiUsageInputTokens, usage.inputTokens)
  if (metrics === 'embeddings') return
  target.setAttribute(ATTRIBUTE.genAiUsageOutputTokens, usage.outputTokens)
  set(target, ATTRIBUTE.genAiUsageCacheReadInputTokens, usage.cacheReadTokens)
  set(target, profile.cacheWriteAttribute, usage.cacheWriteTokens)
  set(target, ATTRIBUTE.genAiUsageReasoningOutputTokens, usage.reasoningTokens)
  if (!profile.modalities) return
  setModalities(target, INPUT, usage.input)
  setModalities(target, OUTPUT, usage.output)
  setModalities(target, CACHE_READ, usage.cacheRead)
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

function setModalities(target: AttributeTarget, names: ModalityNames, tokens: ModalityTokens | undefined): void {
  if (!tokens) return
  set(target, names.text, tokens.text)
  set(target, names.audio, tokens.audio)
  set(target, names.image, tokens.image)
}

function set(target: AttributeTarget, name: string | undefined, value: number | undefined): void {
  if (name !== undefined && value !== undefined) target.setAttribute(name, value)
}
