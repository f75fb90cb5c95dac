import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Range } from '../../src/query/range.ts'
import type { Percentiles, PercentilesByStep } from '../../src/query/percentiles.ts'
import type { Sums, SumsByStep, SumsByValue } from '../../src/query/sums.ts'
import { queryOf, useAnswer, useNews } from '../api.ts'
import { count, percent, seconds, usd } from '../format.ts'
import { Chart, type ChartLine } from '../parts/chart.tsx'
import { Empty, HowToSend, Problem } from '../parts/empty.tsx'
import { RangePicker } from '../parts/range-picker.tsx'
import { rangeOf } from '../range.ts'
import { go, type Place, withQuery } from '../router.ts'

interface Series {
  readonly sums: readonly SumsByStep[]
  readonly duration: readonly PercentilesByStep[]
  readonly firstChunk: readonly PercentilesByStep[]
}

const BY = ['model', 'feature', 'user', 'session', 'tenant', 'provider', 'operation', 'service', 'error_type'] as const
/** Four questions each time. */
const CHARTS_REST_MS = 2000
/** Lines that can be told apart; the rest is one. */
const MOST_LINES = 7

function pickTime(from: number, to: number): void {
  go(withQuery({ span: undefined, from: String(Math.floor(from)), to: String(Math.ceil(to)) }))
}

/** What was spent, used and waited for over time, by model, feature, user, session. */
export function ChartsView({ place, isPaused }: { place: Place; isPaused: boolean }): JSX.Element {
  const range = rangeOf(place.query, Date.now())
  const by = place.query.get('by') ?? 'model'
  const series = useAnswer<Series>(`/api/series${queryOf({ ...range, by })}`)
  const all = useAnswer<Series>(`/api/series${queryOf({ ...range, by: 'all' })}`)
  const totals = useAnswer<Sums & Percentiles>(`/api/totals${queryOf(range)}`)
  const rows = useAnswer<{ rows: readonly SumsByValue[] }>(`/api/breakdown${queryOf({ ...range, by, limit: 50 })}`)
  const reloadAll = (): void => {
    for (const { reload } of [series, all, totals, rows]) reload()
  }
  useNews(['traces'], isPaused, reloadAll, CHARTS_REST_MS)
  const charted = { sums: series.value?.sums ?? [], all: all.value?.sums ?? [], range, onPick: pickTime }
  return (
    <>
      <div class="bar-of-controls">
        <RangePicker place={place} />
        <label>
          by{' '}
          <select value={by} onChange={({ currentTarget }) => go(withQuery({ by: currentTarget.value }))}>
            {BY.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <Problem error={series.error ?? totals.error} />
      {totals.value && <Tiles totals={totals.value} />}
      {totals.value?.calls === 0 && (
        <Empty title="No calls in this time">
          <HowToSend />
        </Empty>
      )}
      {series.value && all.value && (totals.value?.calls ?? 0) > 0 && (
        <div class="charts">
          <SumChart title={`Cost by ${by}`} {...charted} pick={({ cost }) => Number(cost)} format={usdAxis} />
          <SumChart title={`Calls by ${by}`} {...charted} pick={({ calls }) => calls} format={wholeAxis} />
          <SumChart
            title={`Tokens by ${by}`}
            {...charted}
            pick={({ inputTokens, outputTokens }) => inputTokens + outputTokens}
            format={wholeAxis}
          />
          <DurationChart by={by} series={series.value} range={range} onPick={pickTime} />
          <SumChart
            title={`Errors by ${by}`}
            {...charted}
            pick={({ errors, rateLimits }) => errors + rateLimits}
            format={wholeAxis}
          />
          <SumChart
            title={`Rate-limit hits by ${by}`}
            {...charted}
            pick={({ rateLimitHits }) => rateLimitHits}
            format={wholeAxis}
          />
          <PercentileChart title="Duration" steps={all.value.duration} range={range} onPick={pickTime} />
          <PercentileChart
            title="Time to the first token"
            steps={all.value.firstChunk}
            range={range}
            onPick={pickTime}
          />
          <TroubleChart sums={all.value.sums} range={range} onPick={pickTime} />
        </div>
      )}
      {rows.value && rows.value.rows.length > 0 && <Breakdown by={by} rows={rows.value.rows} />}
    </>
  )
}

/** Between whole numbers there is nothing to count. */
const wholeAxis = (value: number): string => (Number.isInteger(value) ? count(value) : '')
const usdAxis = (value: number): string => usd(value.toFixed(12))

function Tiles({ totals }: { totals: Sums & Percentiles }): JSX.Element {
  const tiles: readonly (readonly [string, string, string])[] = [
    ['cost', usd(totals.cost), totals.unpriced > 0 ? `${totals.unpriced} unpriced` : 'all priced'],
    ['calls', count(totals.calls), `${count(totals.retries)} retries`],
    ['tokens in', count(totals.inputTokens), `${percent(totals.cachedTokens, totals.inputTokens)} cached`],
    ['tokens out', count(totals.outputTokens), ''],
    ['p95', seconds(totals.p95), `p50 ${seconds(totals.p50)}`],
    ['errors', count(totals.errors + totals.rateLimits), percent(totals.errors + totals.rateLimits, totals.calls)],
    ['429s', count(totals.rateLimitHits), 'on the wire'],
  ]
  return (
    <dl class="tiles">
      {tiles.map(([name, value, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          <dd class="quiet">{more}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Which time a chart shows, and how a part of it is picked. */
interface Shown {
  readonly range: Range
  readonly onPick: (from: number, to: number) => void
}

interface SumChartProps extends Shown {
  readonly title: string
  readonly sums: readonly SumsByStep[]
  /** Of all calls, those included that have no such value. */
  readonly all: readonly SumsByStep[]
  readonly pick: (sums: Sums) => number
  readonly format: (value: number) => string
}

function SumChart({ title, sums, all, pick, format, ...shown }: SumChartProps): JSX.Element {
  const { times, lines } = useMemo(() => linesOf(sums, all, pick), [sums, all])
  return <Chart title={title} times={times} lines={lines} format={format} kind="bars" {...shown} />
}

/** Sums of USD as doubles differ in the last digits. */
const AS_GOOD_AS_NOTHING = 1e-9

/** One line for each of the largest values, and one for the rest. */
function linesOf(
  sums: readonly SumsByStep[],
  all: readonly SumsByStep[],
  pick: (sums: Sums) => number,
): { readonly times: readonly number[]; readonly lines: readonly ChartLine[] } {
  const times = all.map(({ time }) => time)
  const place = new Map(times.map((time, index) => [time, index]))
  const totals = new Map<string, number>()
  for (const step of sums) totals.set(step.value, (totals.get(step.value) ?? 0) + pick(step))
  const largest = [...totals].toSorted(([, a], [, b]) => b - a).map(([value]) => value)
  const shades = shadesOf(totals.keys())
  const lines = new Map(largest.slice(0, MOST_LINES).map((value) => [value, times.map((): number | null => null)]))
  const rest = all.map(pick)
  for (const step of sums) {
    const at = place.get(step.time)
    const values = lines.get(step.value)
    if (at === undefined || !values) continue
    values[at] = pick(step)
    rest[at] = (rest[at] ?? 0) - pick(step)
  }
  const others = rest.map((value) => (value > AS_GOOD_AS_NOTHING ? value : null))
  return {
    times,
    lines: [
      ...[...lines].map(([label, values]) => ({ label, values, shade: shades.get(label) ?? 0 })),
      ...(others.some((value) => value !== null)
        ? [{ label: 'others or none', values: others, shade: shades.size }]
        : []),
    ],
  }
}

function PercentileChart({
  title,
  steps,
  ...shown
}: Shown & { title: string; steps: Series['duration'] }): JSX.Element | null {
  const { times, lines } = useMemo(
    () => ({
      times: steps.map(({ time }) => time),
      lines: (['p50', 'p95', 'p99'] as const).map((label) => ({ label, values: steps.map((step) => step[label]) })),
    }),
    [steps],
  )
  return steps.length === 0 ? null : <Chart title={title} times={times} lines={lines} format={seconds} {...shown} />
}

/** How long calls took: by the percentiles that are kept, else on average. */
function DurationChart({ by, series, ...shown }: Shown & { by: string; series: Series }): JSX.Element {
  const { duration, sums } = series
  const isKept = duration.length > 0
  const { times, lines } = useMemo(
    () =>
      linesByValue(
        isKept
          ? duration.map(({ time, value, p95 }) => ({ time, value, height: p95 }))
          : sums.map((step) => ({ time: step.time, value: step.value, height: meanOf(step) })),
      ),
    [series],
  )
  const title = isKept ? `p95 of the duration by ${by}` : `Mean duration by ${by}`
  return <Chart title={title} times={times} lines={lines} format={seconds} {...shown} />
}

interface Point {
  readonly time: number
  readonly value: string
  readonly height: number | null
}

const meanOf = ({ durationSeconds, calls }: Sums): number | null => (calls > 0 ? durationSeconds / calls : null)

/** A line for each of the values that come most often; of the rest there is nothing to add up. */
function linesByValue(points: readonly Point[]): {
  readonly times: readonly number[]
  readonly lines: readonly ChartLine[]
} {
  const times = [...new Set(points.map(({ time }) => time))].toSorted((one, other) => one - other)
  const place = new Map(times.map((time, index) => [time, index]))
  const counts = new Map<string, number>()
  for (const { value } of points) counts.set(value, (counts.get(value) ?? 0) + 1)
  const most = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MOST_LINES)
  const shades = shadesOf(counts.keys())
  const lines = new Map(most.map(([value]) => [value, times.map((): number | null => null)]))
  for (const { time, value, height } of points) {
    const heights = lines.get(value)
    if (heights) heights[place.get(time) ?? 0] = height
  }
  return { times, lines: [...lines].map(([label, values]) => ({ label, values, shade: shades.get(label) ?? 0 })) }
}

/** In every chart the same value has the same colour, whichever is the largest there. */
function shadesOf(values: Iterable<string>): ReadonlyMap<string, number> {
  return new Map([...values].toSorted().map((value, shade) => [value, shade]))
}

function TroubleChart({ sums, ...shown }: Shown & { sums: readonly SumsByStep[] }): JSX.Element {
  const { times, lines } = useMemo(
    () => ({
      times: sums.map(({ time }) => time),
      lines: [
        { label: 'errors', values: sums.map(({ errors }) => errors) },
        { label: 'rate limited', values: sums.map(({ rateLimits }) => rateLimits) },
        { label: '429s on the wire', values: sums.map(({ rateLimitHits }) => rateLimitHits) },
        { label: 'cancelled', values: sums.map(({ cancelled }) => cancelled) },
      ],
    }),
    [sums],
  )
  return <Chart title="Errors and rate limits" times={times} lines={lines} format={wholeAxis} kind="bars" {...shown} />
}

function Breakdown({ by, rows }: { by: string; rows: readonly SumsByValue[] }): JSX.Element {
  const field = by === 'error_type' ? 'error' : by
  return (
    <table class="rows" aria-label={`By ${by}`}>
      <thead>
        <tr>
          <th>{by}</th>
          <th class="number">calls</th>
          <th class="number">cost</th>
          <th class="number">in</th>
          <th class="number">cached</th>
          <th class="number">out</th>
          <th class="number">mean</th>
          <th class="number">errors</th>
          <th class="number">429s</th>
          <th class="number">retries</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.value}>
            <td>
              <a href={`/${queryOf({ filter: `${field}:${/\s/.test(row.value) ? `"${row.value}"` : row.value}` })}`}>
                {row.value}
              </a>
            </td>
            <td class="number">{count(row.calls)}</td>
            <td class="number">
              {usd(row.cost)}
              {row.unpriced > 0 && <span class="unpriced"> + {row.unpriced} unpriced</span>}
            </td>
            <td class="number">{count(row.inputTokens)}</td>
            <td class="number quiet">{count(row.cachedTokens)}</td>
            <td class="number">{count(row.outputTokens)}</td>
            <td class="number">{seconds(meanOf(row))}</td>
            <td class={`number ${row.errors > 0 ? 'bad' : 'quiet'}`}>{count(row.errors)}</td>
            <td class={`number ${row.rateLimitHits > 0 ? 'warn' : 'quiet'}`}>{count(row.rateLimitHits)}</td>
            <td class="number quiet">{count(row.retries)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
