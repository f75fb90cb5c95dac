import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BOARDS } from '../../../collector/grafana/files.ts'
import { queriesOf, withoutVariables } from '../../../collector/grafana/panels.ts'
import { findProgram } from '../../../collector/rules/program.ts'

const promtool = await findProgram('prometheus', 'promtool')

/** The grammar alone lets `rate(up)` pass; promtool knows types. */
async function check(
  expressions: readonly string[],
): Promise<{ readonly succeeded: boolean; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-dashboards-'))
  try {
    const rules = expressions.map((expr, index) => ({ record: `panel:expression:${index}`, expr }))
    const file = join(folder, 'expressions.yml')
    await writeFile(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }))
    return await promtool('check', 'rules', file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('every expression of the dashboards is one that Prometheus can evaluate', async () => {
  const expressions = BOARDS.flatMap(queriesOf).map(({ expr }) => withoutVariables(expr, '6h'))
  const { succeeded, output } = await check(expressions)
  expect(succeeded, output).toBe(true)
})

test('an expression of the wrong type would be noticed', async () => {
  expect(await check(['rate(up)'])).toMatchObject({ succeeded: false, output: expect.stringContaining('range vector') })
})
