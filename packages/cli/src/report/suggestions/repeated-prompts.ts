import { hash } from 'node:crypto'
import type { AskedCall } from '../../viewer/client.ts'
import { plural } from '../grouping.ts'
import type { Search, Suggestion } from '../suggestion.ts'
import { type Remembered, Tally } from '../tally.ts'

/** The oldest call with a prompt, as far as has been looked. */
interface Oldest extends Remembered {
  readonly isSettled: boolean
  readonly isRepeated: boolean
}

/** The same was asked of the same model again: all but the first answer could have come from a cache of the application. */
export class RepeatedPrompts implements Search {
  /** By what was asked, in few bytes. */
  readonly #oldest = new Map<string, Oldest>()
  readonly #again = new Tally()
  #prompts = 0
  #areSettled = true

  look({ id, cost, status, asked, model, operation }: AskedCall): void {
    if (status !== 'success' || asked.text === null) return
    const key = hash('sha256', JSON.stringify([model, operation, asked.temperature, asked.text]), 'base64url')
    const later = this.#oldest.get(key)
    this.#oldest.set(key, { id, cost, isSettled: asked.temperature === 0, isRepeated: later !== undefined })
    if (!later) return
    this.#again.add(later)
    this.#areSettled &&= later.isSettled
    if (!later.isRepeated) this.#prompts += 1
  }

  get suggestions(): readonly Suggestion[] {
    const { count, picoUsd, named } = this.#again
    if (count === 0) return []
    return [
      {
        kind: 'repeated_prompts',
        advice: 'Keep the answers to prompts that are asked again in a cache of your own.',
        evidence: `${plural(count, 'call')} asked what had been asked before, word for word: ${plural(this.#prompts, 'prompt')}.`,
        calls: named,
        count,
        savedPicoUsd: picoUsd,
        certainty: this.#areSettled ? 'exact' : 'estimate',
        because: this.#areSettled
          ? 'All of them asked with temperature 0, so that the same answer is wanted.'
          : 'Some asked with a temperature above 0, or with none: a new answer may have been wanted.',
      },
    ]
  }
}
