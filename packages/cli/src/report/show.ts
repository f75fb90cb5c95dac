import type { Report } from './report.ts'
import type { Spender } from './spending.ts'

const CERTAINTY = {
  exact: 'exact',
  estimate: 'an estimate',
  guess: 'a guess',
} as const

type Suggestion = Report['suggestions'][number]

const heading = ({ from, to, calls, usd, unpriced }: Report): string =>
  `${calls} calls, ${usd} USD${unpriced > 0 ? ` and ${unpriced} without cost` : ''}, from ${from} to ${to}`

/** What a reader must know before the numbers. */
const notesOf = ({ withContent, calls }: Report): readonly string[] =>
  calls > 0 && withContent === 0
    ? ['No call has its content captured, so nothing is said about repeated prompts and common beginnings.']
    : []

const wasteOf = ({ waste }: Report): readonly (readonly [string, string])[] => [
  ['failed calls', waste.failedUsd],
  ['streams that were left', waste.leftUsd],
  ['answers that broke off', waste.truncatedUsd],
]

const ADDED_UP = 'Suggestions may be about the same calls: their sums do not add up.'

/** The report as Markdown. */
export function reportMarkdown(report: Report): string {
  const parts = [
    '# AI calls',
    heading(report),
    ...notesOf(report).map((note) => `> ${note}`),
    '## Top spenders',
    ...Object.entries(report.spenders).flatMap(([by, spenders]) =>
      spenders.length > 0 ? [tableMarkdown(by, spenders)] : [],
    ),
    '## Waste',
    wasteOf(report)
      .map(([what, usd]) => `- ${what}: ${usd} USD`)
      .join('\n'),
    '## Suggestions',
    ...(report.suggestions.length > 0 ? [...report.suggestions.map(suggestionMarkdown), `_${ADDED_UP}_`] : ['None.']),
  ]
  return `${parts.join('\n\n')}\n`
}

function tableMarkdown(by: string, spenders: readonly Spender[]): string {
  const rows = spenders.map(
    ({ name, calls, usd, unpriced }) => `| ${escaped(name)} | ${calls} | ${usd} | ${unpriced} |`,
  )
  return [`| ${by} | calls | USD | without cost |`, '| --- | ---: | ---: | ---: |', ...rows].join('\n')
}

/** Names come from others: nothing in them is to be a mark. */
const escaped = (text: string): string => text.replaceAll(/[\\`*_{}[\]<>|#]/g, String.raw`\$&`).replaceAll('\n', ' ')

function suggestionMarkdown({ advice, evidence, savedUsd, certainty, because, calls, count }: Suggestion): string {
  const more = count > calls.length ? ' and others' : ''
  return [
    `### Would have saved ${savedUsd} USD (${CERTAINTY[certainty]})`,
    advice,
    `${evidence} ${because}`,
    `Calls: ${calls.map((id) => `#${id}`).join(', ')}${more}.`,
  ].join('\n\n')
}

/** The report as one file of HTML that needs nothing else. */
export function reportHtml(report: Report): string {
  const tables = Object.entries(report.spenders).flatMap(([by, spenders]) =>
    spenders.length > 0 ? [tableHtml(by, spenders)] : [],
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>AI calls</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #17211f; }
table { border-collapse: collapse; margin-bottom: 1em; }
th, td { text-align: right; padding: 2px 12px; border-bottom: 1px solid #dfe6e4; }
th:first-child, td:first-child { text-align: left; }
.note, .because { color: #56635f; }
</style>
<h1>AI calls</h1>
<p>${text(heading(report))}</p>
${notesOf(report)
  .map((note) => `<p class="note">${text(note)}</p>`)
  .join('\n')}
<h2>Top spenders</h2>
${tables.join('\n')}
<h2>Waste</h2>
<ul>${wasteOf(report)
    .map(([what, usd]) => `<li>${text(what)}: ${usd} USD</li>`)
    .join('')}</ul>
<h2>Suggestions</h2>
${report.suggestions.length > 0 ? `${report.suggestions.map(suggestionHtml).join('\n')}\n<p class="note">${ADDED_UP}</p>` : '<p>None.</p>'}
</html>
`
}

function tableHtml(by: string, spenders: readonly Spender[]): string {
  const rows = spenders.map(
    ({ name, calls, usd, unpriced }) => `<tr><td>${text(name)}<td>${calls}<td>${usd}<td>${unpriced}`,
  )
  return `<table><tr><th>${text(by)}<th>calls<th>USD<th>without cost\n${rows.join('\n')}</table>`
}

function suggestionHtml({ advice, evidence, savedUsd, certainty, because, calls }: Suggestion): string {
  return `<h3>Would have saved ${savedUsd} USD (${CERTAINTY[certainty]})</h3>
<p>${text(advice)}</p>
<p>${text(evidence)} <span class="because">${text(because)}</span></p>
<p class="because">Calls: ${calls.map((id) => `#${id}`).join(', ')}</p>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text that stands for itself in HTML. */
const text = (value: string): string => value.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
