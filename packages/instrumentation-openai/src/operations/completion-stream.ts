import type { CallResponse, Usage } from '@tokenmeter/meter'
import type { JsonObject } from '../wire/json.ts'
import { readCompletionUsage } from '../wire/usage.ts'
import { ChoiceTracker, readCompletionFacts } from './choices.ts'
import type { Answer, Draft, StreamReader } from './row.ts'

/** Reads the chunks of chat and legacy completions: both carry choices, and usage in a chunk at the end. */
export class CompletionStreamReader implements StreamReader {
  readonly #response: Draft<CallResponse> = {}
  readonly #choices = new ChoiceTracker()
  #usage: Usage | undefined

  read(chunk: JsonObject): void {
    const { choices, usage } = chunk
    // Not simply the first chunk: Azure's is about its content filter and names no model.
    if (this.#response.model === undefined || usage) readCompletionFacts(chunk, this.#response)
    if (Array.isArray(choices)) this.#choices.read(choices)
    if (usage) this.#usage = readCompletionUsage(usage) ?? this.#usage
  }

  answer(): Answer {
    const finishReasons = this.#choices.reasons()
    return { response: { ...this.#response, ...(finishReasons && { finishReasons }) }, usage: this.#usage }
  }
}
