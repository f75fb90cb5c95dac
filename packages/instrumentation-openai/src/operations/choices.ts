import type { CallResponse } from '@tokenmeter/meter'
import { asArray, asNumber, asObject, asText, type JsonObject } from '../wire/json.ts'
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
  return list.map((choice) => asText(asObject(choice)?.['finish_reason']) ?? UNFINISHED)
}

/** Finish reasons of a stream, whose choices come interleaved. */
export class ChoiceTracker {
  readonly #reasons: string[] = []

  read(choices: readonly unknown[]): void {
    for (const item of choices) {
      const choice = asObject(item)
      if (!choice) continue
      const index = asNumber(choice['index']) ?? 0
      if (!Number.isInteger(index) || index < 0 || index > MAX_CHOICES) continue
      while (this.#reasons.length <= index) this.#reasons.push(UNFINISHED)
      const reason = choice['finish_reason']
      if (typeof reason === 'string' && reason !== '') this.#reasons[index] = reason
    }
  }

  reasons(): readonly string[] | undefined {
    return this.#reasons.length > 0 ? this.#reasons : undefined
  }
}

/** `n` is at most 128 in the API; an index beyond is not worth an array of that length. */
const MAX_CHOICES = 128
