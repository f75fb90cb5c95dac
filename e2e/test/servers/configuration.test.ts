import { execFile } from 'node:child_process'
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

test('the Collector finds nothing wrong with otelcol.yaml', async () => {
  const { stderr } = await run(await binary('otelcol', 'otelcol'), [
    'validate',
    `--config=${collectorFile('otelcol.yaml')}`,
  ])
  expect(stderr).toBe('')
})

test('promtool finds nothing wrong with prometheus.yml and its targets', async () => {
  const { stdout } = await run(await binary('prometheus', 'promtool'), [
    'check',
    'config',
    collectorFile('prometheus/prometheus.yml'),
  ])
  expect(stdout).toContain('SUCCESS')
})

test('Jaeger finds nothing wrong with jaeger.yaml', async () => {
  const { stderr } = await run(await binary('jaeger', 'jaeger'), [
    'validate',
    `--config=${collectorFile('jaeger/jaeger.yaml')}`,
  ])
  expect(stderr).not.toMatch(/error/i)
})
