import { type Http, NoAnswer } from './http.ts'

/** One series with its newest value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface Vector {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>
    readonly value: readonly [number, string]
  }[]
}

/** Prometheus answered that it does not answer. */
export class Refused extends NoAnswer {
  /** Why, in the words of Prometheus. */
  readonly reason: string

  constructor(message: string, reason: string) {
    super(message)
    this.reason = reason
  }
}

/** The HTTP API of Prometheus, version 1. */
export class Prometheus {
  readonly #url: string
  readonly #http: Http

  constructor(url: string, http: Http) {
    this.#url = url
    this.#http = http
  }

  /** @throws {NoAnswer} when there is none, or none that Prometheus would give; `Refused` when it says why. */
  async get<T>(path: string): Promise<T> {
    const { status, text } = await this.#http.ask(`${this.#url}/api/v1/${path}`)
    const body = parseJson(text) as { readonly status?: string; readonly error?: string; readonly data?: T } | undefined
    if (body?.status === 'success') return body.data as T
    const message = `${this.#url}/api/v1 answers ${status}, not as Prometheus does`
    if (body?.error) throw new Refused(`${message}: ${body.error}`, body.error)
    throw new NoAnswer(message)
  }

  /** Evaluates an expression that gives an instant vector. */
  async query(expression: string): Promise<Sample[]> {
    const { result } = await this.get<Vector>(`query?query=${encodeURIComponent(expression)}`)
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }))
  }
}

/** `undefined` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
