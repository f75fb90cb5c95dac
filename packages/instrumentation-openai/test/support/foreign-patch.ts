type Method = (...args: unknown[]) => unknown

/** Another vendor's patch of a method: counts its calls, and comes off as such patches do, by putting back what it found, without looking. */
export class ForeignPatch {
  readonly #methods: Record<string, Method>
  readonly #name: string
  readonly #found: Method
  readonly #wrapper: Method
  count = 0

  constructor(owner: object, name: string) {
    const count = (): void => void this.count++
    const found = (owner as Record<string, Method>)[name] as Method
    this.#methods = owner as Record<string, Method>
    this.#name = name
    this.#found = found
    this.#wrapper = function (this: unknown, ...args) {
      count()
      return Reflect.apply(found, this, args)
    }
    this.#methods[name] = this.#wrapper
  }

  /** Whether nobody has patched the method since. */
  isOnTop(): boolean {
    return this.#methods[this.#name] === this.#wrapper
  }

  remove(): void {
    this.#methods[this.#name] = this.#found
  }
}
