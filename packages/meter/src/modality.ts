import type { ModalityTokens } from './usage.ts'

/** Value of `gen_ai.token.modality`. */
export type Modality = 'text' | 'audio' | 'image' | 'unknown'

/**
 * Splits a total by modality so that the parts add up to it: what the provider broke down is taken over, the rest is text
 * when it can be nothing else, and `unknown` otherwise. A total of 0 with no breakdown is still reported, as 0.
 */
export function forEachModality(
  total: number,
  reported: ModalityTokens | undefined,
  restIsText: boolean,
  visit: (modality: Modality, tokens: number) => void,
): void {
  const text = reported?.text ?? 0
  const audio = reported?.audio ?? 0
  const image = reported?.image ?? 0
  const rest = total - text - audio - image
  if (audio > 0) visit('audio', audio)
  if (image > 0) visit('image', image)
  if (restIsText) {
    if (text + rest > 0 || total === 0) visit('text', text + rest)
    return
  }
  if (text > 0) visit('text', text)
  if (rest > 0 || total === 0) visit('unknown', rest)
}
