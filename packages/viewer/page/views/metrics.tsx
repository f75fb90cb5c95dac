import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { MetricRow, MetricSeries } from '../../src/query/logs-and-metrics.ts'
import type { Range } from '../../src/query/range.ts'
import { queryOf, useAnswer, useNews } from '../api.ts'
import { Chart, type ChartLine } from '../parts/chart.tsx'
import { Empty, HowToSend, Problem } from '../parts/empty.tsx'
import { RangePicker } from '../parts/range-picker.tsx'
import { rangeOf } from '../range.ts'
import { go, type Place, withQuery } from '../router.ts'

/** Series of one chart. */
const MOST_SERIES = 8

/** Metrics that were sent over OTLP, whoever made them. */
export function MetricsView({ place, isPaused }: { place: Place; isPaused: boolean }): JSX.Element {
  const range = rangeOf(place.query, Date.now())
  const list = useAnswer<{ metrics: readonly MetricRow[] }>('/api/metrics')
  const chosen = place.query.get('metric') ?? list.value?.metrics[0]?.name
  const metric = useAnswer<{ series: readonly MetricSeries[] }>(
    chosen && `/api/metrics/${encodeURIComponent(chosen)}${queryOf(range)}`,
  )
  useNews(['metrics'], isPaused, () => {
    list.reload()
    metric.reload()
  })
  const about = list.value?.metrics.find(({ name }) => name === chosen)
  return (
    <>
      <div class="bar-of-controls">
        <RangePicker place={place} />
        <label>
          metric{' '}
          <select value={chosen} onChange={({ currentTarget }) => go(withQuery({ metric: currentTarget.value }))}>
            {list.value?.metrics.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <Problem error={list.error ?? metric.error} />
      {list.value?.metrics.length === 0 && (
        <Empty title="No metrics yet">
          <HowToSend />
          <p class="quiet">Metrics come once a minute, unless OTEL_METRIC_EXPORT_INTERVAL says otherwise.</p>
        </Empty>
      )}
      {about && metric.value && <MetricCharts about={about} series={metric.value.series} range={range} />}
    </>
  )
}

function MetricCharts({
  about,
  series,
  range,
}: {
  about: MetricRow
  series: readonly MetricSeries[]
  range: Range
}): JSX.Element {
  const isDistribution = about.kind !== 'gauge' && about.kind !== 'sum'
  const values = useMemo(() => linesOf(series, 'value'), [series])
  const counts = useMemo(() => linesOf(series, 'count'), [series])
  const unit = about.unit === '' ? '' : ` (${about.unit})`
  return (
    <div class="charts">
      <Chart title={`${about.name}${isDistribution ? ', sum' : ''}${unit}`} {...values} format={short} range={range} />
      {isDistribution && <Chart title={`${about.name}, count`} {...counts} format={short} range={range} />}
      {series.length > MOST_SERIES && (
        <p class="quiet">
          The {MOST_SERIES} largest of {series.length} series
        </p>
      )}
    </div>
  )
}

const short = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 5 })

function linesOf(
  series: readonly MetricSeries[],
  field: 'value' | 'count',
): { readonly times: readonly number[]; readonly lines: readonly ChartLine[] } {
  const latest = ({ points }: MetricSeries): number => points.at(-1)?.[field] ?? 0
  const shown = series.toSorted((a, b) => latest(b) - latest(a)).slice(0, MOST_SERIES)
  const times = [...new Set(shown.flatMap(({ points }) => points.map(({ time }) => time)))].toSorted((a, b) => a - b)
  const lines = shown.map(({ attributes, points, service }) => {
    const byTime = new Map(points.map((point) => [point.time, point[field]]))
    const label = Object.entries(attributes).map(([name, value]) => `${name}=${String(value)}`)
    return { label: label.join(' ') || service, values: times.map((time) => byTime.get(time) ?? null) }
  })
  return { times, lines }
}
