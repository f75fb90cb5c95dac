import type { Context } from './context.ts'
import type { Sample } from './prometheus-api.ts'

/** A sample of a page of metrics, with the name of its metric. */
export interface NamedSample extends Sample {
  readonly name: string
}

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)/
const LABEL = /(?<label>\w+)="(?<value>(?:[^"\\]|\\.)*)"/g

/** Reads Prometheus' text format; comments, and lines that are none, are passed over. */
export function readMetricsPage(text: string): NamedSample[] {
  return text.split('\n').flatMap((line) => {
    const { name, labels = '', value } = LINE.exec(line)?.groups ?? {}
    if (name === undefined) return []
    const pairs = [...labels.matchAll(LABEL)].map(({ groups }) => [groups?.['label'] ?? '', groups?.['value'] ?? ''])
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }]
  })
}

/** What the application shows at `/metrics`. */
export async function askMetricsPage({ http, addresses }: Context): Promise<NamedSample[]> {
  return readMetricsPage((await http.ask(`${addresses.application}/metrics`)).text)
}
