/** Most characters of a text that are kept for an estimate; what is longer is only measured. */
const MAX_CHARACTERS = 262_144

/** Pieces of text, kept only as long as a call is open, and counted only where nobody tells its usage. */
export class Texts {
  readonly #pieces: string[] = []
  readonly #separator: string
  #kept = 0
  #length = 0

  /** @param separator between pieces that do not continue each other. */
  constructor(separator = '') {
    this.#separator = separator
  }

  /** Accepts anything: what is no text is nothing. */
  add(piece: unknown): void {
    if (typeof piece !== 'string' || piece === '') return
    this.#length += piece.length
    if (this.#kept >= MAX_CHARACTERS) return
    const rest = MAX_CHARACTERS - this.#kept
    this.#pieces.push(piece.length > rest ? piece.slice(0, rest) : piece)
    this.#kept += Math.min(piece.length, rest)
  }

  /** What was kept, in one. */
  text(): string {
    return this.#pieces.join(this.#separator)
  }

  /** How many times longer everything was than what was kept: 1 for most. */
  get stretch(): number {
    return this.#kept === 0 ? 1 : this.#length / this.#kept
  }
}
