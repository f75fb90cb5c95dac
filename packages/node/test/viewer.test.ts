import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AddressInfo, createServer } from 'node:net'
import { once } from 'node:events'
import { DEFAULT_PORT, startViewer, Store } from '@tokenmeter/viewer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { VIEWER_PORT } from '../src/viewer-thread.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { type Outcome, ourLines, runRegisteredIn } from './support/run.ts'

let openai: OpenAIServer
let folder: string

beforeAll(async () => {
  openai = await startOpenAIServer()
  folder = mkdtempSync(join(tmpdir(), 'tokenmeter-node-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await openai[Symbol.asyncDispose]()
})

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return String(port)
}

/** Runs a program that asks once, with its viewer keeping its file in `cache`. */
function run(
  ending: string,
  port: string,
  cache: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const env = { TOKENMETER_VIEWER: port, OPENAI_BASE_URL: openai.baseURL, XDG_CACHE_HOME: cache, ...more }
  return runRegisteredIn(folder, 'ending.mjs', [ending], env)
}

async function callsIn(cache: string): Promise<readonly unknown[]> {
  const store = await Store.open({ file: join(cache, 'tokenmeter/viewer.sqlite') })
  try {
    return (await store.query('calls', {}, 10)).calls.map(({ model, inputTokens }) => [model, inputTokens])
  } finally {
    await store.close()
  }
}

test('the port is the one that the viewer has by default', () => {
  expect(VIEWER_PORT).toBe(DEFAULT_PORT)
})

test.each([
  ['natural', 0],
  ['exit', 3],
  ['SIGTERM', null],
])('a program with a viewer of its own that ends by %s has kept its calls', async (ending, code) => {
  const cache = join(folder, ending)
  const outcome = await run(ending, await freePort(), cache)
  expect(outcome.code).toBe(code)
  expect(ourLines(outcome)).toEqual([])
  expect(await callsIn(cache)).toEqual([['gpt-4o-mini', 10]])
})

test('a program sends to the viewer that is there already', async () => {
  await using viewer = await startViewer({ port: 0 })
  const outcome = await run('natural', new URL(viewer.url).port, join(folder, 'shared'))
  expect(ourLines(outcome)).toEqual([])
  expect((await viewer.store.query('calls', {}, 10)).calls).toHaveLength(1)
})

test('an endpoint that is set is stronger, and said', async () => {
  await using viewer = await startViewer({ port: 0 })
  const outcome = await run('natural', await freePort(), join(folder, 'elsewhere'), {
    OTEL_EXPORTER_OTLP_ENDPOINT: viewer.url,
  })
  expect(ourLines(outcome)).toEqual([
    `tokenmeter: viewer: OTEL_EXPORTER_OTLP_ENDPOINT sends to ${viewer.url}, so the viewer shows nothing of this process`,
  ])
  expect((await viewer.store.query('calls', {}, 10)).calls).toHaveLength(1)
})

test('a value that is none is said', async () => {
  const outcome = await run('natural', '70000', join(folder, 'wrong'), { TOKENMETER_OTLP: 'off' })
  expect(ourLines(outcome)).toEqual([
    'tokenmeter: viewer: TOKENMETER_VIEWER is "70000", but must be on, off or a port from 1 to 65535; going on with false',
  ])
})
