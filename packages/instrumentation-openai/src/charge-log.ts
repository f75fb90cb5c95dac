/** Background responses, batches and videos that a process may look at again and again. Older ones are forgotten. */
const MAX_CHARGES = 10_000

/** What has been charged: the same thing may be seen in several answers and is counted with the first. */
export class ChargeLog {
  readonly #seen = new Set<string>()

  /** Whether nobody has asked for this id before; from now on somebody has. */
  isFirst(id: string): boolean {
    if (this.#seen.has(id)) return false
    if (this.#seen.size >= MAX_CHARGES) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest)
        break
      }
    }
    this.#seen.add(id)
    return true
  }
}
