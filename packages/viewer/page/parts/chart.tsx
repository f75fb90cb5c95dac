import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'

/** One line of a chart: a value for each time, `null` where there is none. */
export interface ChartLine {
  readonly label: string
  readonly values: readonly (number | null)[]
  /** Which of the colours; by default that of its place. */
  readonly shade?: number
}

interface Props {
  readonly title: string
  /** Milliseconds since the epoch, ascending. */
  readonly times: readonly number[]
  readonly lines: readonly ChartLine[]
  readonly format: (value: number) => string
  /** Bars for what is counted by step, lines for what is measured. */
  readonly kind?: 'bars' | 'line'
  /** What the axis shows, in milliseconds since the epoch, whatever there is in it. */
  readonly range: { readonly from: number; readonly to: number }
  /** Called with a stretch of time that was drawn over. */
  readonly onPick?: (from: number, to: number) => void
}

/** A day's times alone, dates where there are several days. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const date = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })
const DAY_MS = 86_400_000

function axisTime(ms: number, { from, to }: Props['range']): string {
  return to - from > 2 * DAY_MS ? date.format(ms) : clock.format(ms)
}

/** Told apart by who does not see all colours, on light and on dark: https://jfly.uni-koeln.de/color/ */
const COLOURS = ['#0e9f8e', '#e08a1e', '#5b7bd5', '#c44e7b', '#8a9a2b', '#8d6cc9', '#57a0c9', '#b0703c']
const HEIGHT = 190

/** A chart over time. What it shows is beside it as a table, for who does not see it. */
export function Chart({ title, times, lines, format, kind = 'line', range, onPick }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const style = getComputedStyle(element)
    const [text, grid] = [style.getPropertyValue('--quiet'), style.getPropertyValue('--line')]
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } }
    const bars = UPlot.paths.bars?.({ size: [0.7, 40] })
    const drawn = kind === 'bars' ? stacked(lines) : lines.map((line, index) => drawnAs(line, line.values, index))
    const plot = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        cursor: { drag: { x: onPick !== undefined, y: false, setScale: false } },
        hooks: {
          setSelect: [
            ({ select, posToVal }) => {
              if (select.width > 4)
                onPick?.(posToVal(select.left, 'x') * 1000, posToVal(select.left + select.width, 'x') * 1000)
            },
          ],
        },
        scales: {
          x: { range: () => [range.from / 1000, range.to / 1000] },
          y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 1) * 1.05 || 1] },
        },
        series: [
          {},
          ...drawn.map(({ label, values, colour }) => ({
            label,
            stroke: colour,
            ...(kind === 'bars' && bars && { paths: bars, fill: colour }),
            value: (_: UPlot, __: number | null, ___: number, at: number | null) => {
              const value = values[at ?? -1] ?? null
              return value === null ? '–' : format(value)
            },
            points: { show: kind === 'line' && times.length < 3 },
          })),
        ],
        axes: [
          { ...axis, values: (_, values) => values.map((value) => axisTime(value * 1000, range)) },
          { ...axis, size: 78, values: (_, values) => values.map(format) },
        ],
      },
      [times.map((time) => time / 1000), ...drawn.map(({ heights }) => [...heights])],
      element,
    )
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    resize.observe(element)
    return () => {
      resize.disconnect()
      plot.destroy()
    }
  }, [times, lines, kind, range.from, range.to])
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={box} aria-hidden="true" />
      <table class="unseen">
        <caption>{title}</caption>
        <tbody>
          {lines.map(({ label, values }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>
                latest {format(values.findLast((value) => value !== null) ?? 0)}, most{' '}
                {format(values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}

interface DrawnLine extends ChartLine {
  /** Where it is drawn: its own values, or on top of the lines below it. */
  readonly heights: readonly (number | null)[]
  readonly colour: string
}

function drawnAs(line: ChartLine, heights: readonly (number | null)[], index: number): DrawnLine {
  return { ...line, heights, colour: COLOURS[(line.shade ?? index) % COLOURS.length] ?? '' }
}

/** Bars on top of each other, the highest first, so that the lower ones are drawn over them. */
function stacked(lines: readonly ChartLine[]): readonly DrawnLine[] {
  const heights: number[] = []
  const drawn = lines.map((line, index) => {
    const own = line.values.map((value, at) => {
      heights[at] = (heights[at] ?? 0) + (value ?? 0)
      return value === null ? null : heights[at]
    })
    return drawnAs(line, own, index)
  })
  return drawn.toReversed()
}
