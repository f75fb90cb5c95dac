import type { PendingContent, RawContent } from '@tokenmeter/meter'
import type { ContentStreamReader, RowContent } from './operations/content/row-content.ts'
import { asText, type JsonObject } from './wire/json.ts'
import { readSentBody } from './wire/sent-body.ts'

/** What an answer holds on to, in UTF-16 units, beside what was sent: a guess, for the length of the queue. */
const ANSWER_SIZE = 16_384

/**
 * Gathers the content of one call; there is none of these where nothing is captured. What was sent is the very text on the wire, kept until the call has
 * ended and read when nobody waits any more: the application may change its own objects as soon as it has asked. Of an answer, which the
 * application gets as an object, the texts are picked up at once, by reference.
 */
export class CallContent {
  readonly #row: RowContent | undefined
  readonly #withException: boolean
  #sent: unknown
  #request: RawContent | undefined
  #answer: RawContent | undefined
  #stream: ContentStreamReader | undefined

  /**
   * @param row where the endpoint has content.
   * @param withException whether what an exception says is recorded, too.
   */
  constructor(row: RowContent | undefined, withException: boolean) {
    this.#row = row
    this.#withException = withException
  }

  /** @param body of an HTTP request that leaves; of several attempts the last one counts. */
  sent(body: unknown): void {
    if (this.#row) this.#sent = body
  }

  /** @param body of a request over a socket, which belongs to the application. */
  asked(body: JsonObject): void {
    this.#request = this.#row?.readRequest(body)
  }

  answered(body: unknown): void {
    this.#answer = this.#row?.readAnswer(body)
  }

  /** An event that is part of the answer and no chunk of it. */
  told(event: JsonObject): void {
    this.#stream?.read(event)
  }

  /** @returns what hears the chunks of a stream. */
  streaming(): ContentStreamReader | undefined {
    const row = this.#row
    this.#stream = row?.createStreamReader?.() ?? (row && lastChunk(row))
    return this.#stream
  }

  /** @param error that the application catches, if it does. */
  pending(error: unknown): PendingContent {
    const size = (typeof this.#sent === 'string' ? this.#sent.length : 0) + ANSWER_SIZE
    const exception = this.#withException && error instanceof Error ? error : undefined
    return { size, read: () => this.#read(exception) }
  }

  #read(error: Error | undefined): RawContent {
    const request = this.#request ?? this.#requestOf(readSentBody(this.#sent))
    const answer = this.#answer ?? this.#stream?.content()
    const message = asText(error?.message)
    const stacktrace = asText(error?.stack)
    return {
      ...request,
      ...answer,
      ...(message !== undefined && { exception: { message, ...(stacktrace !== undefined && { stacktrace }) } }),
    }
  }

  #requestOf(body: JsonObject | undefined): RawContent | undefined {
    return body && this.#row?.readRequest(body)
  }
}

function lastChunk(row: RowContent): ContentStreamReader {
  let last: RawContent = {}
  return {
    read: (chunk) => {
      last = row.readAnswer(chunk)
    },
    content: () => last,
  }
}
