import type { Finding } from './finding.ts'
import type { Replace } from './replacement.ts'

/** Puts the replacements in place of findings that are in order and do not overlap, and counts them by class. */
export function replaceAll(
  text: string,
  findings: readonly Finding[],
  replace: Replace,
): { readonly text: string; readonly counts: Record<string, number> } {
  const counts: Record<string, number> = {}
  if (findings.length === 0) return { text, counts }
  let replaced = ''
  let read = 0
  for (const finding of findings) {
    replaced += text.slice(read, finding.start) + replace(finding, text.slice(finding.start, finding.end))
    read = finding.end
    counts[finding.class] = (counts[finding.class] ?? 0) + 1
  }
  return { text: replaced + text.slice(read), counts }
}
