import { styleText } from 'node:util'

/** Colours text when standard output is a terminal that wants colour (`NO_COLOR`, `FORCE_COLOR`), and not otherwise. */
export function paint(style: 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan', text: string): string {
  return styleText(style, text, { stream: process.stdout })
}
