/**
 * Says once that something is too much, and again only after it was well below in between and a while has gone by. What becomes too much before that
 * while is over is said when it is, if it still is.
 */
export class Latch {
  readonly #cooldownMs: number
  #isArmed = true
  #firedAt = Number.NEGATIVE_INFINITY

  constructor(cooldownMs: number) {
    this.#cooldownMs = cooldownMs
  }

  /**
   * @param isAbove too much
   * @param isWellBelow so little that the next time it is too much is news
   * @returns whether to say it now
   */
  fires(isAbove: boolean, isWellBelow: boolean, now: number): boolean {
    this.#isArmed ||= isWellBelow
    if (!this.#isArmed || !isAbove || now - this.#firedAt < this.#cooldownMs) return false
    this.#isArmed = false
    this.#firedAt = now
    return true
  }
}
