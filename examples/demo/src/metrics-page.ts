/** One sample of a page in Prometheus' text format. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** As it stood on the page. */
  readonly line: string
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g

/** Reads a page in Prometheus' text format, comments left out. */
export function readSamples(page: string): Sample[] {
  return page.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    if (name === undefined) return []
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text] as const)
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value), line }]
  })
}

/** Sum over all series of a metric that have these labels. */
export function sum(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels)
  return samples
    .filter((sample) => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value))
    .reduce((total, { value }) => total + value, 0)
}

/** Metrics that tell the story of the run, in the order in which to tell it. */
const HIGHLIGHTS = [
  'ai_requests_total',
  'ai_tokens_total',
  'ai_cost_total',
  'ai_request_duration_seconds_sum',
  'ai_rate_limit_hits_total',
  'ai_retries_total',
  'ai_unpriced_requests_total',
]

/** The lines worth showing: those of the model and operation that was called most, without the ones that are still 0. */
export function highlights(samples: readonly Sample[]): string[] {
  const counted = samples.filter(({ value }) => value !== 0)
  const busiest = counted
    .filter(({ name }) => name === 'ai_requests_total')
    .reduce<Sample | undefined>((most, sample) => (most && most.value >= sample.value ? most : sample), undefined)
  const { model, operation } = busiest?.labels ?? {}
  return HIGHLIGHTS.flatMap((name) =>
    counted
      .filter(
        (sample) =>
          sample.name === name && sample.labels['model'] === model && sample.labels['operation'] === operation,
      )
      .map(({ line }) => line),
  )
}
