import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { buildServer } from '../../../collector/servers/build.ts'
import { findRecipe, type ServerName } from '../../../collector/servers/recipe.ts'

const run = promisify(execFile)
const collectorFile = (path: string): string => fileURLToPath(new URL(`../../../collector/${path}`, import.meta.url))

async function binary(server: ServerName, name: string): Promise<string> {
  return join(await buildServer(findRecipe(server)), name)
}

test.each([
  ['otelcol.yaml'],
  ['otelcol.yaml', 'overlays/scrape.yaml'],
  ['gateway.yaml'],
  ['gateway.yaml', 'overlays/loadbalancing.yaml'],
  ['gateway.yaml', 'overlays/auth.yaml'],
  ['gateway.yaml', 'overlays/loadbalancing.yaml', 'overlays/auth.yaml'],
])('the Collector finds nothing wrong with %s %s %s', async (...files) => {
  const configs = files.map((file) => `--config=${collectorFile(file)}`)
  const env = { ...process.env, OTELCOL_QUEUE_DIR: tmpdir(), OTELCOL_TOKEN_FILE: collectorFile('otelcol.yaml') }
  const { stderr } = await run(await binary('otelcol', 'otelcol'), ['validate', ...configs], { env })
  expect(stderr).toBe('')
})

test.each([['jaeger.yaml'], ['jaeger.yaml', 'badger.yaml']])(
  'Jaeger finds nothing wrong with %s %s',
  async (...files) => {
    const configs = files.map((file) => `--config=${collectorFile(`jaeger/${file}`)}`)
    const { stderr } = await run(await binary('jaeger', 'jaeger'), ['validate', ...configs])
    expect(stderr).not.toMatch(/error/i)
  },
)
