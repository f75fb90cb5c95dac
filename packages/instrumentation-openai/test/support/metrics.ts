import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'

/** A meter provider that is read when a test asks for it. */
export interface Meters {
  readonly provider: MeterProvider
  /**
   * The series of a metric, by OpenTelemetry name: its label values, in the order of their names, to its value. The series without
   * labels, by which counters exist before anything has happened, is left out.
   */
  read(metric: string): Promise<Record<string, unknown>>
}

class PullReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

export function meters(): Meters {
  const reader = new PullReader()
  return {
    provider: new MeterProvider({ readers: [reader] }),
    read: async (metric) => {
      const { resourceMetrics } = await reader.collect()
      const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
      const points = all.find(({ descriptor }) => descriptor.name === metric)?.dataPoints ?? []
      const series = points.map(({ attributes, value }) => [labelsOf(attributes), value] as const)
      return Object.fromEntries(series.filter(([labels]) => labels !== ''))
    },
  }
}

function labelsOf(attributes: Readonly<Record<string, unknown>>): string {
  return Object.keys(attributes)
    .toSorted()
    .map((name) => String(attributes[name]))
    .join(' ')
}
