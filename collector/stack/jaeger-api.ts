/** A span as Jaeger gives it back, with the values of its attributes unwrapped. */
export interface JaegerSpan {
  readonly traceId: string
  readonly name: string
  readonly kind: string
  readonly statusCode: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
}

interface OtlpAttribute {
  readonly key: string
  readonly value: unknown
}

interface OtlpTraces {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly OtlpAttribute[] }
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string
        readonly name: string
        readonly kind?: unknown
        readonly status?: { readonly code?: unknown }
        readonly attributes?: readonly OtlpAttribute[]
      }[]
    }[]
  }[]
}

const SEARCH_WINDOW_MS = 3_600_000

/** Version 3 of Jaeger's HTTP API, which speaks OTLP. */
export class JaegerApi {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Every span a service sent within the last hour; none as long as Jaeger does not know the service. */
  async findSpans(service: string): Promise<JaegerSpan[]> {
    const now = Date.now()
    const query = new URLSearchParams({
      'query.service_name': service,
      'query.start_time_min': new Date(now - SEARCH_WINDOW_MS).toISOString(),
      'query.start_time_max': new Date(now + SEARCH_WINDOW_MS).toISOString(),
      'query.num_traces': '1000',
    })
    return await this.#spans(`traces?${query}`)
  }

  /** The spans of one trace; none when Jaeger does not have it. */
  async findTrace(traceId: string): Promise<JaegerSpan[]> {
    return await this.#spans(`traces/${traceId}`)
  }

  async #spans(path: string): Promise<JaegerSpan[]> {
    const response = await fetch(`${this.#url}/api/v3/${path}`)
    if (response.status === 404) return []
    if (!response.ok) throw new Error(`Jaeger answered ${response.status}: ${await response.text()}`)
    const { result } = (await response.json()) as { readonly result: OtlpTraces }
    return readSpans(result)
  }
}

function readSpans({ resourceSpans = [] }: OtlpTraces): JaegerSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        name: span.name,
        kind: String(span.kind),
        statusCode: String(span.status?.code),
        attributes: unwrapAttributes(span.attributes),
        resource: unwrapAttributes(resource?.attributes),
      })),
    ),
  )
}

function unwrapAttributes(attributes: readonly OtlpAttribute[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, unwrap(value)]))
}

/** `{ intValue: "7" }` → `7`; 64-bit integers are strings in OTLP/JSON. */
function unwrap(value: unknown): unknown {
  const [[type, inner] = []] = Object.entries(value as Record<string, unknown>)
  if (type === 'intValue') return Number(inner)
  if (type !== 'arrayValue') return inner
  return ((inner as { readonly values?: readonly unknown[] }).values ?? []).map(unwrap)
}
