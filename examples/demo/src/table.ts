import { stripVTControlCharacters } from 'node:util'

/** One column: its heading, and which side its cells keep to. */
export interface Column {
  readonly heading: string
  readonly align: 'left' | 'right'
}

const GAP = '  '

/**
 * Lays text out in columns. Cells may carry colour; it does not count as width.
 *
 * @returns the heading, a rule, and a line for each row, without trailing spaces.
 */
export function layOut(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const headings = columns.map(({ heading }) => heading)
  const widths = columns.map((_, i) => Math.max(...[headings, ...rows].map((row) => width(row[i] ?? ''))))
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => pad(cells[i] ?? '', widths[i] ?? 0, align))
      .join(GAP)
      .trimEnd()
  return [line(headings), widths.map((cells) => '─'.repeat(cells)).join(GAP), ...rows.map(line)]
}

function pad(cell: string, to: number, align: Column['align']): string {
  const space = ' '.repeat(to - width(cell))
  return align === 'left' ? cell + space : space + cell
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length
}
