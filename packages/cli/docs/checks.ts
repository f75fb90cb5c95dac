import { GROUPS } from '../src/doctor/groups.ts'

/** Where the generated part of docs/doctor.md begins. */
export const CHECKS_MARKER = '<!-- From here on generated from packages/cli/src/doctor/ by `pnpm generate`. -->'

/** Every check under a heading of its own, to which the doctor links. */
export function checksPage(): string {
  const groups = GROUPS.map(({ name, checks }) => {
    const sections = checks.map(({ id, looksAt, complains, stages, writes }) =>
      [
        `### ${id}`,
        '',
        `- Looks at ${looksAt}.`,
        `- Complains when ${complains}.`,
        `- Stages: ${stages.map((stage) => `\`${stage}\``).join(', ')}${writes ? '; only with `--write`' : ''}.`,
      ].join('\n'),
    )
    return [`## Checks: ${name}`, ...sections].join('\n\n')
  })
  return `${CHECKS_MARKER}\n\n${groups.join('\n\n')}\n`
}
