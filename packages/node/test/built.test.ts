import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCollector } from './support/collector.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { programPath, run } from './support/run.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
let openai: OpenAIServer
let dist: string

beforeAll(async () => {
  openai = await startOpenAIServer()
  dist = mkdtempSync(join(root, 'node_modules', '.built-'))
  const entry = ['index.ts', 'register.ts'].map((file) => join(root, 'src', file))
  await build({
    config: false,
    cwd: root,
    entry,
    outDir: dist,
    format: ['esm', 'cjs'],
    platform: 'node',
    fixedExtension: true,
    shims: true,
    dts: false,
    logLevel: 'silent',
  })
})
afterAll(async () => {
  rmSync(dist, { recursive: true, force: true })
  await openai[Symbol.asyncDispose]()
})

test.each([
  ['--require', 'register.cjs', 'common.cjs', 3],
  ['--import', 'register.cjs', 'common.cjs', 3],
  ['--import', 'register.cjs', 'ending.mjs', 0],
  ['--import', 'register.mjs', 'ending.mjs', 0],
])('built, %s %s measures %s', async (flag, register, program, code) => {
  await using collector = await startCollector()
  const env = {
    OPENAI_BASE_URL: openai.baseURL,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    TOKENMETER_METRICS_PORT: '0',
  }
  const args = ['--conditions=source', flag, join(dist, register), programPath(program), 'natural']
  expect(await run(args, env)).toEqual({ stdout: 'Hello.\n', stderr: '', code, signal: null })
  expect(collector.spans().map(({ name }) => name)).toEqual(['chat gpt-4o-mini'])
  expect(collector.counter('ai.tokens')).toBe(15)
})
