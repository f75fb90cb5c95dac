/** A value of an attribute in OTLP/JSON: one field, named after its type. */
interface OtlpValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string | number
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] }
  readonly kvlistValue?: { readonly values?: readonly OtlpAttribute[] }
}

interface OtlpAttribute {
  readonly key: string
  readonly value?: OtlpValue
}

interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind?: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes?: readonly OtlpAttribute[]
  readonly events?: readonly { readonly timeUnixNano: string; readonly name: string }[]
  readonly status?: { readonly code?: number; readonly message?: string }
}

/** The body of a request with traces, in OTLP/JSON. */
export interface OtlpTraces {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly OtlpAttribute[] }
    readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[]
  }[]
}

/** A span as Zipkin's API takes it, version 2. Times are microseconds. */
export interface ZipkinSpan {
  readonly traceId: string
  readonly id: string
  readonly parentId?: string
  readonly name: string
  readonly kind?: string
  readonly timestamp: number
  readonly duration: number
  readonly localEndpoint: { readonly serviceName: string }
  readonly annotations: readonly { readonly timestamp: number; readonly value: string }[]
  readonly tags: Readonly<Record<string, string>>
}

/** `SpanKind` of OTLP → kind of Zipkin, which has none for internal spans. */
const KINDS: Readonly<Record<number, string>> = { 2: 'SERVER', 3: 'CLIENT', 4: 'PRODUCER', 5: 'CONSUMER' }
const STATUS_ERROR = 2

/** What OpenTelemetry's specification has for exporters to Zipkin: "OpenTelemetry to Zipkin Transformation". */
export function zipkinSpans({ resourceSpans = [] }: OtlpTraces): ZipkinSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const { 'service.name': serviceName = 'unknown_service' } = tagsOf(resource?.attributes)
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => zipkinSpan(span, serviceName)))
  })
}

function zipkinSpan(span: OtlpSpan, serviceName: string): ZipkinSpan {
  const { traceId, spanId, parentSpanId, name, events = [], status } = span
  const kind = KINDS[span.kind ?? 0]
  const timestamp = microseconds(span.startTimeUnixNano)
  return {
    traceId,
    id: spanId,
    ...(parentSpanId && { parentId: parentSpanId }),
    name,
    ...(kind && { kind }),
    timestamp,
    // Zipkin refuses a duration of 0.
    duration: Math.max(1, microseconds(span.endTimeUnixNano) - timestamp),
    localEndpoint: { serviceName },
    annotations: events.map((event) => ({ timestamp: microseconds(event.timeUnixNano), value: event.name })),
    tags: {
      ...tagsOf(span.attributes),
      ...(status?.code === STATUS_ERROR && { 'otel.status_code': 'ERROR', error: status.message || 'true' }),
    },
  }
}

function microseconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1000n)
}

function tagsOf(attributes: readonly OtlpAttribute[] = []): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value = {} }) => {
      const plain = plainValue(value)
      return [key, typeof plain === 'string' ? plain : JSON.stringify(plain)]
    }),
  )
}

function plainValue(value: OtlpValue): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plainValue)
  if (value.kvlistValue) {
    return Object.fromEntries(
      (value.kvlistValue.values ?? []).map(({ key, value: inner = {} }) => [key, plainValue(inner)]),
    )
  }
  return (
    value.stringValue ??
    value.boolValue ??
    value.doubleValue ??
    (value.intValue === undefined ? null : String(value.intValue))
  )
}
