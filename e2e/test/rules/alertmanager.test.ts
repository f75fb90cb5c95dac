import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findProgram } from '../../../collector/rules/program.ts'
import { readRules } from '../../../collector/rules/rule-files.ts'

const amtool = await findProgram('alertmanager', 'amtool')
const alerts = readRules().flatMap(({ rule }) => (rule.alert ? [{ name: rule.alert, ...rule.labels }] : []))
type RoutedLabels = Readonly<Partial<Record<'severity' | 'team', string>>>

/** Who hears of an alert, by its severity and its team. */
function expectedReceivers({ severity, team = '' }: RoutedLabels): string[] {
  if (severity === 'info') return ['nobody']
  return severity === 'page' ? ['page', team] : [team]
}

describe.each(['alertmanager.yml', 'notify.yml'])('%s', (file) => {
  const path = fileURLToPath(new URL(`../../../collector/alertmanager/${file}`, import.meta.url))

  test('amtool finds nothing wrong with it', async () => {
    expect(await amtool('check-config', path)).toMatchObject({ succeeded: true })
  })

  test.each(alerts)(
    '$name of $team ($severity) goes to the right people',
    async ({ name, severity, team }: RoutedLabels & { readonly name: string }) => {
      const receivers = expectedReceivers({ severity: severity ?? '', team: team ?? '' }).join(',')
      const labels = [`alertname=${name}`, `severity=${severity}`, `team=${team}`, 'service_name=desk']
      const { succeeded, output } = await amtool(
        'config',
        'routes',
        'test',
        `--config.file=${path}`,
        `--verify.receivers=${receivers}`,
        ...labels,
      )
      expect(succeeded, output).toBe(true)
    },
  )

  test('an alert that nobody has a route for goes to those who own the applications', async () => {
    const { output } = await amtool('config', 'routes', 'test', `--config.file=${path}`, 'alertname=Unknown')
    expect(output.trim()).toBe('applications')
  })
})
