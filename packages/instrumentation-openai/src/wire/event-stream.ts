/** An event longer than this, in UTF-16 units, is not put together: what follows it is not read any more. */
const MAX_EVENT = 4 * 1024 * 1024

/**
 * Finds the data of server-sent events in a body that arrives in pieces, as the HTML standard describes the format
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html, 2026-11). Keeps one event at most.
 */
export class EventStream {
  readonly #onData: (data: string) => void
  readonly #decoder = new TextDecoder()
  #rest = ''
  #data: string[] = []
  #length = 0

  /** @param onData receives the data of each event, its lines joined by line feeds. */
  constructor(onData: (data: string) => void) {
    this.#onData = onData
  }

  /** The next piece of the body, cut anywhere. */
  push(piece: Uint8Array | string): void {
    if (this.#length > MAX_EVENT) return
    const text = this.#rest + (typeof piece === 'string' ? piece : this.#decoder.decode(piece, { stream: true }))
    let start = 0
    for (;;) {
      const end = endOfLine(text, start)
      if (end === -1) break
      this.#line(text.slice(start, end))
      start = end + (text.startsWith('\r\n', end) ? 2 : 1)
    }
    this.#rest = text.slice(start)
    if (this.#length + this.#rest.length > MAX_EVENT) this.#giveUp()
  }

  /** The body is over: a line end at its very end is one. An event that is not complete does not count, by the standard. */
  end(): void {
    if (this.#rest.endsWith('\r')) this.push('\n')
  }

  #line(line: string): void {
    if (line === '') {
      const lines = this.#data
      if (lines.length === 0) return
      this.#data = []
      this.#length = 0
      this.#onData(lines.length === 1 ? (lines[0] as string) : lines.join('\n'))
    } else if (line.startsWith('data:')) {
      this.#data.push(line.slice(line[5] === ' ' ? 6 : 5))
      this.#length += line.length
    }
  }

  #giveUp(): void {
    this.#length = Infinity
    this.#rest = ''
    this.#data = []
  }
}

/** Where the line that begins at `start` ends; a carriage return at the very end may be half of a line end. */
function endOfLine(text: string, start: number): number {
  const feed = text.indexOf('\n', start)
  const carriage = text.indexOf('\r', start)
  if (carriage === -1 || carriage === text.length - 1) return feed
  return feed === -1 ? carriage : Math.min(feed, carriage)
}
