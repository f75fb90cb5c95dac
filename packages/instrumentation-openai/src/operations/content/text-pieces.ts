import { SCRUB_MARGIN, TRUNCATED } from '@tokenmeter/meter'

/** Most UTF-16 units of all texts of a stream that are kept: more than the usual caps let through, and little enough for thousands of streams. */
const MAX_UNITS = 131_072

/** The pieces of a stream's texts, which share what room there is. */
export class TextPieces {
  readonly #texts = new Map<string, string[]>()
  #left = MAX_UNITS
  /** The text for which there was no more room. */
  #cut: string | undefined

  /** Accepts anything: what is no text is nothing. */
  add(key: string, piece: unknown): void {
    if (typeof piece !== 'string' || piece === '' || this.#cut !== undefined) return
    if (piece.length > this.#left) this.#cut = key
    const kept = piece.slice(0, this.#left)
    this.#left -= kept.length
    const pieces = this.#texts.get(key)
    if (pieces) pieces.push(kept)
    else this.#texts.set(key, [kept])
  }

  text(key: string): string {
    const text = this.#texts.get(key)?.join('') ?? ''
    // What is cut in two may be a secret that nobody can tell any more.
    return key === this.#cut ? text.slice(0, -SCRUB_MARGIN) + TRUNCATED : text
  }
}
