import type { SpanBody, SpanRow, TraceDetail } from '../query/traces.ts'

/** What is read of a span beside its row, for a page that is to be shared. */
export type BodyOf = (id: number) => SpanBody | undefined

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Spans of a page to share: what a browser opens at once. */
export const MOST_SPANS_SHARED = 2000
const COLOURS: Readonly<Record<SpanRow['role'], string>> = {
  call: '#0e9f8e',
  tool: '#e08a1e',
  agent: '#8d6cc9',
  other: '#9aa8a4',
}

const STYLE = `
body { font: 14px/1.45 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #17211f; }
.bar { position: relative; height: 8px; background: #eef4f2; }
.bar i { position: absolute; height: 8px; border-radius: 2px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 3px 8px; border-bottom: 1px solid #dfe6e4; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 500; color: #56635f; width: 22em; }
pre { white-space: pre-wrap; margin: 0; }
.failed { color: #b3261e; }
summary span { float: right; color: #56635f; }
`

/** A text that stands for itself in HTML. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** A trace as one file that needs nothing else: no script, nothing from elsewhere. */
export function tracePage(trace: TraceDetail, bodyOf: BodyOf): string {
  const { tree, traceId, cost, calls, errors, inputTokens, outputTokens } = trace
  const title = trace.name ?? `Trace ${traceId}`
  const shown = tree.slice(0, MOST_SPANS_SHARED)
  const omitted = trace.spans - shown.length
  const facts = [
    new Date(trace.start).toISOString(),
    trace.service,
    `${calls} calls`,
    `${inputTokens} tokens in, ${outputTokens} out`,
    `$${cost}`,
    `${errors} errors`,
  ]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(facts.join(' · '))}</p>
<p>${escapeHtml(traceId)}</p>
${shown.map((span) => spanHtml(span, trace, bodyOf(span.id))).join('\n')}
${omitted > 0 ? `<p>${omitted} more spans are not in this file.</p>` : ''}
</html>
`
}

function spanHtml(span: SpanRow, { start, duration }: TraceDetail, body: SpanBody | undefined): string {
  const length = Math.max(duration * 1000, 0.001)
  const left = ((100 * (span.start - start)) / length).toFixed(2)
  const width = Math.max(0.2, (100 * span.duration * 1000) / length).toFixed(2)
  const cost = span.call?.cost
  const about = [
    `${(span.duration * 1000).toFixed(1)} ms`,
    ...(cost === null || cost === undefined ? [] : [`$${cost}`]),
  ]
  return `<details>
<summary class="${span.failed ? 'failed' : ''}">${escapeHtml(span.name)} <span>${escapeHtml(about.join(' · '))}</span>
<div class="bar"><i style="left:${left}%;width:${width}%;background:${COLOURS[span.role]}"></i></div></summary>
<table>${Object.entries(body?.attributes ?? {})
    .map(attributeHtml)
    .join('')}</table>
</details>`
}

function attributeHtml([name, value]: [string, unknown]): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `<tr><th>${escapeHtml(name)}</th><td><pre>${escapeHtml(text)}</pre></td></tr>`
}
