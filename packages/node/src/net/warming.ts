/** Longest that the event loop is held at a time, but for a single item. */
const SLICE_MS = 4

/** Something that is scrubbed when it is first asked for, and may be so before. */
export interface Warmable {
  warm(): void
}

/** Scrubs what will be exported later bit by bit, so that an export does not have to do it all at once. Never keeps a process alive. */
export class Warming {
  #waiting: Warmable[] = []
  #isScheduled = false

  add(item: Warmable): void {
    this.#waiting.push(item)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    process
      .getBuiltinModule('node:timers')
      .setImmediate(() => this.#slice())
      .unref()
  }

  #slice(): void {
    this.#isScheduled = false
    const end = performance.now() + SLICE_MS
    let done = 0
    for (const item of this.#waiting) {
      item.warm()
      done++
      if (performance.now() >= end) break
    }
    this.#waiting = this.#waiting.slice(done)
    if (this.#waiting.length > 0) this.#schedule()
  }
}
