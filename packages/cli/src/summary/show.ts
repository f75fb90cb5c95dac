import { type Grouping, GROUPINGS, type Summary, type Totals } from './summary.ts'

/** Everything a summary knows, as one JSON object on several lines. */
export function summaryJson(summary: Summary): string {
  const groups = GROUPINGS.map((grouping) => [grouping, Object.fromEntries(summary.by(grouping))] as const)
  const { totals, others, period } = summary
  return `${JSON.stringify({ ...period, totals, by: Object.fromEntries(groups), otherLines: others }, undefined, 2)}\n`
}

/** What a person wants to see of a summary: the totals, a table for each grouping, and what was left out. */
export function summaryText(summary: Summary, groupings: readonly Grouping[]): string {
  const { first, last } = summary.period
  const period = first === undefined ? '' : `, from ${first} to ${last}`
  const all = ['all', summary.totals] as const
  const tables = groupings.map((grouping) => table(grouping, [...summary.by(grouping), all]))
  const parts = [`${plural(summary.totals.calls, 'call')}${period}`, ...tables, ...leftOut(summary)]
  return `${parts.join('\n\n')}\n`
}

const HEADS = ['calls', 'input tokens', 'output tokens', 'USD', 'without cost', 'retries'] as const

const cellsOf = ({ calls, inputTokens, outputTokens, usd, unpriced, retries }: Totals): string[] => [
  String(calls),
  String(inputTokens),
  String(outputTokens),
  usd,
  String(unpriced),
  String(retries),
]

function table(grouping: Grouping, rows: readonly (readonly [name: string, totals: Totals])[]): string {
  const cells = [[grouping, ...HEADS], ...rows.map(([name, totals]) => [name, ...cellsOf(totals)])]
  const widths = cells.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  )
  return cells.map((row) => row.map((cell, column) => aligned(cell, column, widths[column] ?? 0)).join('  ')).join('\n')
}

/** Names to the left, numbers to the right. */
const aligned = (cell: string, column: number, width: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width)

function leftOut({ others: { foreign, torn, newer } }: Summary): string[] {
  const parts = [
    ...(foreign > 0 ? [`${plural(foreign, 'line')} of others`] : []),
    ...(torn > 0 ? [plural(torn, 'torn line')] : []),
    ...(newer > 0 ? [`${plural(newer, 'line')} of a later version`] : []),
  ]
  return parts.length > 0 ? [`Not counted: ${parts.join(', ')}.`] : []
}

const plural = (count: number, noun: string): string => (count === 1 ? `1 ${noun}` : `${count} ${noun}s`)
