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
  #isFirst = true

  read(chunk: JsonObject): void {
    const { choices, usage } = chunk
    if (this.#isFirst || usage) {
      readCompletionFacts(chunk, this.#response)
      this.#isFirst = false
    }
    if (Array.isArray(choices)) this.#choices.read(choices)
    if (usage) this.#usage = readCompletionUsage(usage) ?? this.#usage
  }

  answer(): Answer {
    const finishReasons = this.#choices.reasons()
    return { response: { ...this.#response, ...(finishReasons && { finishReasons }) }, usage: this.#usage }
  }
}
