import { reportFailure } from '@tokenmeter/meter'
import type { ObservedBody } from './seam/observer.ts'
import { EventStream } from './wire/event-stream.ts'

/** A JSON body longer than this, in UTF-16 units, is not kept to be understood. */
const MAX_JSON = 8 * 1024 * 1024

/** Understands a stream of events whose bytes the application reads by itself. */
export class RawEvents implements ObservedBody {
  readonly #events: EventStream
  readonly #onEnd: () => void

  /**
   * @param onEvent receives each event, parsed.
   * @param onEnd runs when the stream is over: at its last event, or when its bytes end.
   */
  constructor(onEvent: (event: unknown) => void, onEnd: () => void) {
    this.#onEnd = onEnd
    this.#events = new EventStream((data) => {
      if (data.startsWith('[DONE]')) onEnd()
      else onEvent(parse(data))
    })
  }

  read(piece: Uint8Array | string): void {
    try {
      this.#events.push(piece)
    } catch (error) {
      reportFailure('reading a raw stream', error)
    }
  }

  ended(): void {
    this.#events.end()
    this.#onEnd()
  }
}

/** Understands a JSON body whose bytes the application reads by itself. */
export class RawJson implements ObservedBody {
  readonly #decoder = new TextDecoder()
  readonly #onAnswer: (body: unknown) => void
  #text = ''
  #isTooLong = false

  /** @param onAnswer receives the body, parsed; `undefined` when it cannot be. */
  constructor(onAnswer: (body: unknown) => void) {
    this.#onAnswer = onAnswer
  }

  read(piece: Uint8Array | string): void {
    if (this.#isTooLong) return
    this.#text += typeof piece === 'string' ? piece : this.#decoder.decode(piece, { stream: true })
    if (this.#text.length <= MAX_JSON) return
    this.#isTooLong = true
    this.#text = ''
  }

  ended(): void {
    this.#onAnswer(parse(this.#text))
    this.#text = ''
  }
}

/** A line longer than this, in UTF-16 units, is not put together: what the file says is not known then. */
const MAX_LINE = 16 * 1024 * 1024

/** Understands a body of lines, each of which is JSON. */
export class RawLines implements ObservedBody {
  readonly #decoder = new TextDecoder()
  readonly #onLine: (line: unknown) => void
  readonly #onEnd: (isUnderstood: boolean) => void
  #rest = ''
  #isUnderstood = true

  /**
   * @param onLine receives each line, parsed.
   * @param onEnd runs when the bytes end, and hears whether all of them could be understood.
   */
  constructor(onLine: (line: unknown) => void, onEnd: (isUnderstood: boolean) => void) {
    this.#onLine = onLine
    this.#onEnd = onEnd
  }

  read(piece: Uint8Array | string): void {
    if (!this.#isUnderstood) return
    const text = this.#rest + (typeof piece === 'string' ? piece : this.#decoder.decode(piece, { stream: true }))
    const lines = text.split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
    if (this.#rest.length <= MAX_LINE) return
    this.#isUnderstood = false
    this.#rest = ''
  }

  #line(line: string): void {
    if (line.trim() === '') return
    const value = parse(line)
    if (value === undefined) this.#isUnderstood = false
    else this.#onLine(value)
  }

  ended(): void {
    this.#line(this.#rest)
    this.#rest = ''
    this.#onEnd(this.#isUnderstood)
  }
}

/** What the application makes of bytes that are no JSON is its own business. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
