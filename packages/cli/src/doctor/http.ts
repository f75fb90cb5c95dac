/** What a server answered. */
export interface Answer {
  readonly url: string
  readonly status: number
  readonly contentType: string
  readonly text: string
  /** How far the clock of the server is ahead of ours, in seconds, as far as its `Date` header tells; that one has whole seconds. */
  readonly skewSeconds: number | undefined
}

/** A server gave no answer; the message says why, in a person's words. */
export class NoAnswer extends Error {}

/** What is asked for, beside the address. */
export interface Question {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The half of a second that a `Date` header leaves out, on average. */
const HALF_A_SECOND_MS = 500
/** More than any answer that a check reads; a server that sends more is none of ours. */
const MAX_CHARACTERS = 32 * 1024 * 1024

/** Asks servers, each question with a time-out. A server that was out of reach once is not waited for again. */
export class Http {
  readonly #timeoutMs: number
  readonly #silent = new Map<string, NoAnswer>()

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** @throws {NoAnswer} when there is none in time. */
  async ask(url: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Answer> {
    const { origin } = new URL(url)
    const earlier = this.#silent.get(origin)
    if (earlier) throw earlier
    try {
      const begin = Date.now()
      const signal = AbortSignal.timeout(this.#timeoutMs)
      const init = { method, headers, signal, redirect: 'manual', ...(body !== undefined && { body }) } as const
      const response = await fetch(url, init)
      const middle = (begin + Date.now()) / 2
      return {
        url,
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        text: await readText(response),
        skewSeconds: skewOf(response.headers.get('date'), middle),
      }
    } catch (error) {
      const silence = new NoAnswer(`${origin} ${reasonOf(error, this.#timeoutMs)}`, { cause: error })
      this.#silent.set(origin, silence)
      throw silence
    }
  }
}

async function readText(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > MAX_CHARACTERS) throw new Error('answers with more than 32 MB')
  }
  return text
}

function skewOf(date: string | null, now: number): number | undefined {
  const told = date === null ? Number.NaN : Date.parse(date)
  return Number.isNaN(told) ? undefined : (told + HALF_A_SECOND_MS - now) / 1000
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error & { readonly cause?: NodeJS.ErrnoException }
  if (name === 'TimeoutError') return `gives no answer within ${timeoutMs / 1000} s`
  if (cause?.code === 'ECONNREFUSED') return 'refuses the connection: nobody listens there'
  if (cause?.code === 'ENOTFOUND' || cause?.code === 'EAI_AGAIN') return 'has a name that cannot be resolved'
  if (cause?.code === 'ERR_SSL_WRONG_VERSION_NUMBER' || cause?.code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return 'does not speak TLS: the address should begin with http://'
  }
  return `gives no answer: ${cause?.message || message}`
}
