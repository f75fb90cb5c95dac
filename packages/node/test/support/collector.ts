import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: number }
}

interface Span {
  readonly name: string
  readonly traceId: string
  readonly attributes: readonly Attribute[]
}

interface Point {
  readonly attributes?: readonly Attribute[]
  readonly asInt?: number | string
  readonly asDouble?: number
}

interface Metric {
  readonly name: string
  readonly sum?: { readonly dataPoints: readonly Point[] }
}

interface Payload {
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[]
  readonly resourceMetrics?: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] }[]
}

/** What one request said. */
export interface Delivery {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Receives OTLP over HTTP; it understands what is sent as JSON. */
export interface Collector extends AsyncDisposable {
  readonly url: string
  readonly deliveries: readonly Delivery[]
  spans(): Span[]
  /** The sum over all points of a counter, as last received. */
  counter(name: string): number | undefined
  /** The points of a counter that have this label, by its value, as last received. */
  counterBy(name: string, label: string): Record<string, number>
  resourceAttributes(): Record<string, string | number | undefined>
}

/**
 * @param behaviour `silent` accepts requests and never answers; else the status of each answer
 */
export async function startCollector(
  behaviour: 'silent' | number | ((index: number) => number) = 200,
): Promise<Collector> {
  const deliveries: Delivery[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()
      deliveries.push({ path: request.url ?? '', headers: request.headers, text })
      if (behaviour === 'silent') return
      const status = typeof behaviour === 'number' ? behaviour : behaviour(deliveries.length - 1)
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const payloads = (path: string): Payload[] =>
    deliveries.filter((delivery) => delivery.path === path).map(({ text }) => JSON.parse(text) as Payload)
  const newest = (name: string): Metric | undefined =>
    payloads('/v1/metrics')
      .flatMap(({ resourceMetrics = [] }) =>
        resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics)),
      )
      .findLast((metric) => metric.name === name)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    spans: () =>
      payloads('/v1/traces').flatMap(({ resourceSpans = [] }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    counter: (name) => sumOf(newest(name)),
    counterBy: (name, label) => {
      const sums: Record<string, number> = {}
      for (const point of newest(name)?.sum?.dataPoints ?? []) {
        const value = point.attributes?.find(({ key }) => key === label)?.value.stringValue
        if (value !== undefined) sums[value] = (sums[value] ?? 0) + valueOf(point)
      }
      return sums
    },
    resourceAttributes: () => {
      const [first] = payloads('/v1/traces') as unknown as {
        resourceSpans: { resource: { attributes: Attribute[] } }[]
      }[]
      const attributes = first?.resourceSpans[0]?.resource.attributes ?? []
      return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function sumOf(metric: Metric | undefined): number | undefined {
  return metric?.sum?.dataPoints.reduce((sum, point) => sum + valueOf(point), 0)
}

const valueOf = ({ asInt, asDouble }: Point): number => Number(asInt ?? asDouble)
