import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { installLoadHook } from './load-hook.ts'
import { clientRegistry } from './registry.ts'

const folder = mkdtempSync(join(tmpdir(), 'load-hook-'))
afterAll(() => rmSync(folder, { recursive: true }))

installLoadHook()
installLoadHook()
const accept = vi.spyOn(clientRegistry(), 'accept')
beforeEach(() => accept.mockClear())

let packages = 0

/** Writes a package with one file; each time another, because modules are loaded once. */
function write(name: string, file: string, source: string): string {
  const root = join(folder, String(++packages), 'node_modules', name)
  const path = join(root, file)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name }))
  writeFileSync(path, source)
  return path
}

const acceptedNames = (): unknown[] => accept.mock.calls.map(([type]) => (type as { name?: unknown } | undefined)?.name)

test.each([
  ['client.mjs', 'export class OpenAI {}', 'OpenAI'],
  ['core.mjs', 'export class APIClient {}', 'APIClient'],
  ['beta/realtime/ws.mjs', 'export class OpenAIRealtimeWS {}', 'OpenAIRealtimeWS'],
  ['realtime/websocket.mjs', 'export class OpenAIRealtimeWebSocket {}', 'OpenAIRealtimeWebSocket'],
  ['resources/responses/ws-base.mjs', 'export class ResponsesWSBase {}', 'ResponsesWSBase'],
])('a class defined in %s is handed over once', async (file, source, name) => {
  const path = write('openai', file, source)
  await import(pathToFileURL(path).href)
  await import(pathToFileURL(path).href)
  expect(acceptedNames()).toEqual([name])
})

test.each([
  ['client.js', 'class OpenAI {}\nexports.OpenAI = OpenAI', 'OpenAI'],
  ['core.js', 'class APIClient {}\nexports.APIClient = APIClient', 'APIClient'],
  ['realtime/ws.js', 'class OpenAIRealtimeWS {}\nexports.OpenAIRealtimeWS = OpenAIRealtimeWS', 'OpenAIRealtimeWS'],
])('a class defined in %s is handed over once', (file, source, name) => {
  createRequire(import.meta.url)(write('openai', file, source))
  expect(acceptedNames()).toEqual([name])
})

class CompiledElsewhere {
  isOpenAI = true
}

test('a class that another loader loads past every load hook is handed over when the next file is resolved', () => {
  const require = createRequire(import.meta.url)
  const path = write('openai', 'client.js', 'this file is compiled by somebody else')
  const original = require.extensions['.js']
  require.extensions['.js'] = (module) => {
    module.exports = { OpenAI: CompiledElsewhere }
  }
  try {
    require(path)
  } finally {
    require.extensions['.js'] = original
  }
  require(write('openai', 'index.cjs', ''))
  expect(acceptedNames()).toEqual(['CompiledElsewhere'])
})

class SocketCompiledElsewhere {
  isSocket = true
}

test('a WebSocket class that is loaded so, and last, is handed over in the next turn', async () => {
  const require = createRequire(import.meta.url)
  const path = write('openai', 'realtime/ws.js', 'this file is compiled by somebody else')
  const original = require.extensions['.js']
  require.extensions['.js'] = (module) => {
    module.exports = { OpenAIRealtimeWS: SocketCompiledElsewhere }
  }
  try {
    require(path)
  } finally {
    require.extensions['.js'] = original
  }
  await nextTurn()
  expect(acceptedNames()).toEqual(['SocketCompiledElsewhere'])
})

test('a source that ends in a comment keeps its last line', async () => {
  const path = write('openai', 'client.mjs', 'export class OpenAI {}\nexport const last = 1 // the end')
  expect(await import(pathToFileURL(path).href)).toMatchObject({ last: 1 })
  expect(acceptedNames()).toEqual(['OpenAI'])
})

test.each([
  ['another package', 'not-openai', 'client.mjs'],
  ['another file', 'openai', 'index.mjs'],
  ['a file of the same name in a folder', 'openai', 'lib/client.mjs'],
  ['a file for WebSockets of another package', 'not-openai', 'realtime/ws.mjs'],
])('%s is left alone', async (_, name, file) => {
  await import(pathToFileURL(write(name, file, 'export class OpenAI {}')).href)
  expect(accept).not.toHaveBeenCalled()
})
