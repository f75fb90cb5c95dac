import { stripVTControlCharacters } from 'node:util'

/** Elsewhere than on a terminal, one line for so many steps. */
const EVERY = 10

/** The line that shows how far things are: rewritten in place on a terminal, now and then a plain line elsewhere. */
export class LiveLine implements Disposable {
  readonly #out: NodeJS.WriteStream
  #said = 0
  #shown = false

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
  }

  show(step: number, text: string): void {
    if (this.#out.isTTY) {
      this.#shown = true
      this.#out.write(`\r\x1b[K${shorten(text, this.#out.columns)}`)
    } else if (step >= this.#said + EVERY) {
      this.#said = step
      this.#out.write(`${text}\n`)
    }
  }

  [Symbol.dispose](): void {
    if (this.#shown) this.#out.write('\r\x1b[K')
    this.#shown = false
  }
}

/** A line that wraps cannot be rewritten. */
function shorten(text: string, columns: number): string {
  return stripVTControlCharacters(text).length < columns ? text : stripVTControlCharacters(text).slice(0, columns - 1)
}
