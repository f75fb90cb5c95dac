import type { Result } from './check.ts'
import type { Diagnosis } from './diagnose.ts'

const PAGE = 'https://github.com/tokenmeter/tokenmeter/blob/main/docs/doctor.md'
const SIGNS: Readonly<Record<Result, string>> = { ok: '✓', note: '•', problem: '✗', skipped: '–' }

/** Where a check is explained. */
function linkOf(id: string): string {
  return `${PAGE}#${id}`
}

/** The lines of one finding: what it is, and below it what to do about it and where that is explained. */
export function findingText({ id, result, line, cure }: Diagnosis): string {
  const lines = [`  ${SIGNS[result]} ${id}: ${line}`]
  if (cure) lines.push(`      ${cure}.`)
  if (result === 'problem') lines.push(`      ${linkOf(id)}`)
  return `${lines.join('\n')}\n`
}

/** The last line. */
export function verdictText(diagnoses: readonly Diagnosis[]): string {
  const count = (result: Result): number => diagnoses.filter((diagnosis) => diagnosis.result === result).length
  const problems = count('problem')
  const rest = [
    `${count('ok')} ok`,
    ...(count('note') > 0 ? [`${count('note')} to note`] : []),
    ...(count('skipped') > 0 ? [`${count('skipped')} that could not be told`] : []),
  ]
  const verdict = problems === 0 ? 'No problem' : problems === 1 ? '1 problem' : `${problems} problems`
  return `\n${verdict}; ${rest.join(', ')}.\n`
}

/** Everything as one JSON object. */
export function diagnosesJson(diagnoses: readonly Diagnosis[]): string {
  const checks = diagnoses.map(({ id, group, result, line, cure }) => ({
    id,
    group,
    result,
    line,
    ...(cure && { cure }),
    link: linkOf(id),
  }))
  return `${JSON.stringify({ ok: !checks.some(({ result }) => result === 'problem'), checks }, undefined, 2)}\n`
}
