import type { CallResponse } from '@tokenmeter/meter'
import { asArray, asObject, asText, type JsonObject } from '../wire/json.ts'
import { type Draft, put } from './row.ts'

/** Value for a choice that never finished, as the conventions' registry wants it. */
export const UNFINISHED = 'error'

/** Response fields that chat and legacy completions share; every chunk of a stream repeats them. */
export function readCompletionFacts(body: JsonObject, draft: Draft<CallResponse>): void {
  put(draft, 'id', asText(body['id']))
  put(draft, 'model', asText(body['model']))
  put(draft, 'serviceTier', asText(body['service_tier']))
  put(draft, 'systemFingerprint', asText(body['system_fingerprint']))
}

/** Finish reasons of a whole answer, one for each choice in order. */
export function readFinishReasons(choices: unknown): readonly string[] | undefined {
  const list = asArray(choices)
  if (!list || list.length === 0) return undefined
  return list.map(finishReasonOf)
}

const finishReasonOf = (choice: unknown): string => asText(asObject(choice)?.['finish_reason']) ?? UNFINISHED

/** Finish reasons of a stream, whose choices come interleaved. */
export class ChoiceTracker {
  readonly #reasons: string[] = []

  read(choices: readonly unknown[]): void {
    for (let item = 0; item < choices.length; item++) {
      const choice = choices[item] as JsonObject | null | undefined
      if (typeof choice !== 'object' || choice === null) continue
      const { index, finish_reason: reason } = choice
      this.#note(
        typeof index === 'number' ? index : 0,
        typeof reason === 'string' && reason !== '' ? reason : undefined,
      )
    }
  }

  #note(index: number, reason: string | undefined): void {
    const reasons = this.#reasons
    if (index >= reasons.length) {
      if (!Number.isInteger(index) || index > MAX_CHOICES) return
      while (reasons.length <= index) reasons.push(UNFINISHED)
    }
    if (reason !== undefined && index >= 0) reasons[index] = reason
  }

  reasons(): readonly string[] | undefined {
    return this.#reasons.length > 0 ? this.#reasons : undefined
  }
}

/** `n` is at most 128 in the API; an index beyond is not worth an array of that length. */
const MAX_CHOICES = 128
