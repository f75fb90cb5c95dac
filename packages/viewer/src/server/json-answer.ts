/** An answer that is JSON already: a large one is made where its parts are, and does not go from thread to thread as objects. */
export class JsonAnswer {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}
