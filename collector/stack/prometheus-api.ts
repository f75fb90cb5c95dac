/** One time series with its newest value. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** One time series with its values over a time, the oldest first. */
export interface History {
  readonly labels: Readonly<Record<string, string>>
  readonly values: readonly number[]
}

/** One measurement among many, and where it comes from. */
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>
  readonly value: string
}

/** A scrape target as Prometheus sees it. */
export interface Target {
  readonly labels: Readonly<Record<string, string>>
  readonly health: string
}

interface MatrixResult {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>
    readonly values: readonly (readonly [number, string])[]
  }[]
}

interface VectorResult {
  readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: [number, string] }[]
}

/** The HTTP API of a Prometheus server, as far as the tests ask it. */
export class PrometheusApi {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Evaluates an expression that gives an instant vector. */
  async query(expression: string): Promise<Sample[]> {
    const { result } = await this.#get<VectorResult>(`query?query=${encodeURIComponent(expression)}`)
    return result.map(({ metric: { __name__: name = '', ...labels }, value: [, value] }) => ({
      name,
      labels,
      value: Number(value),
    }))
  }

  /** Evaluates an expression that gives a range vector, such as `up[1h]`: the samples as they are stored. */
  async history(expression: string): Promise<History[]> {
    const { result } = await this.#get<MatrixResult>(`query?query=${encodeURIComponent(expression)}`)
    return result.map(({ metric: labels, values }) => ({ labels, values: values.map(([, value]) => Number(value)) }))
  }

  /** Every exemplar of the last hour that belongs to the series of an expression. */
  async exemplars(expression: string): Promise<readonly Exemplar[]> {
    const now = Date.now() / 1000
    const query = new URLSearchParams({ query: expression, start: String(now - 3600), end: String(now + 60) })
    const series = await this.#get<readonly { readonly exemplars: readonly Exemplar[] }[]>(`query_exemplars?${query}`)
    return series.flatMap(({ exemplars }) => exemplars)
  }

  async activeTargets(): Promise<readonly Target[]> {
    const { activeTargets } = await this.#get<{ readonly activeTargets: readonly Target[] }>('targets?state=active')
    return activeTargets
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${path}`)
    const body = (await response.json()) as { readonly status: string; readonly error?: string; readonly data: T }
    if (body.status !== 'success') throw new Error(`Prometheus answered ${response.status}: ${body.error}`)
    return body.data
  }
}
