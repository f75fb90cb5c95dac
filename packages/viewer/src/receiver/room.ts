/** Room for bytes that are not there yet: who finds none waits until somebody leaves, first come, first served. */
export class Room {
  #free: number
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = []

  constructor(bytes: number) {
    this.#free = bytes
  }

  /** Runs `work` as soon as there is room for `bytes`. */
  async within<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting.length > 0 || bytes > this.#free) {
      await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }))
    } else {
      this.#free -= bytes
    }
    try {
      return await work()
    } finally {
      this.#free += bytes
      this.#admit()
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#free -= next.bytes
      next.enter()
    }
  }
}
