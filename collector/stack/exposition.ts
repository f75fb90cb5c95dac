import type { Sample } from './prometheus-api.ts'

/** Reads the samples of Prometheus' text format, version 0.0.4. Comments are passed over. */
export function readExposition(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(readSample)
}

function readSample(line: string): Sample {
  const match = /^(?<name>[\w:]+)(?:\{(?<labels>.*)\})? (?<value>\S+)/.exec(line)
  if (!match?.groups) throw new Error(`Not a sample: ${line}`)
  const { name = '', labels = '', value = '' } = match.groups
  return { name, labels: readLabels(labels), value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) }
}

function readLabels(text: string): Record<string, string> {
  const pairs = text.matchAll(/(?<label>\w+)="(?<value>(?:[^"\\]|\\.)*)"/g)
  return Object.fromEntries(
    [...pairs].map(({ groups }) => [groups?.['label'] ?? '', JSON.parse(`"${groups?.['value'] ?? ''}"`) as string]),
  )
}
