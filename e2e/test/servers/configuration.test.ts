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

/** The flags for files of a folder, each on top of the one before. */
function configFlags(files: string, folder = ''): string[] {
  return files.split(' + ').map((file) => `--config=${collectorFile(folder + file)}`)
}

test.each([
  'otelcol.yaml',
  'otelcol.yaml + overlays/scrape.yaml',
  'otelcol.yaml + overlays/zipkin.yaml',
  'gateway.yaml',
  'gateway.yaml + overlays/loadbalancing.yaml',
  'gateway.yaml + overlays/auth.yaml',
  'gateway.yaml + overlays/loadbalancing.yaml + overlays/auth.yaml',
])('the Collector finds nothing wrong with %s', async (files) => {
  const env = { ...process.env, OTELCOL_QUEUE_DIR: tmpdir(), OTELCOL_TOKEN_FILE: collectorFile('otelcol.yaml') }
  const { stderr } = await run(await binary('otelcol', 'otelcol'), ['validate', ...configFlags(files)], { env })
  expect(stderr).toBe('')
})

test.each(['jaeger.yaml', 'jaeger.yaml + badger.yaml', 'jaeger.yaml + clickhouse.yaml'])(
  'Jaeger finds nothing wrong with %s',
  async (files) => {
    const env = { ...process.env, CLICKHOUSE_PASSWORD_FILE: collectorFile('make-password.sh') }
    const { stderr } = await run(await binary('jaeger', 'jaeger'), ['validate', ...configFlags(files, 'jaeger/')], {
      env,
    })
    expect(stderr).not.toMatch(/error/i)
  },
)
