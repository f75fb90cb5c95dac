import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { instrument } from '../../src/index.ts'
import { watchOpenAI } from '../../src/watch.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const PROGRAM = fileURLToPath(new URL('too-early.mjs', import.meta.url))
const VERSIONS = [
  ['openai-v4', '4.104.0'],
  ['openai-v5', '5.23.2'],
  ['openai-v6', '6.49.0'],
  ['openai', '7.57.0'],
] as const

async function run(name: string, system: 'import' | 'require', environment: object = {}): Promise<string[]> {
  await using wire = await wireServer([chatCompletion(), chatCompletion()])
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', PROGRAM, name, system],
    { env: { ...process.env, WIRE: wire.url, ...environment } },
  )
  return [...stdout.trimEnd().split('\n'), ...(stderr === '' ? [] : [stderr])]
}

describe.each(VERSIONS)('%s, loaded before Tokenmeter', (name, version) => {
  test('as an ES module is not measured, which is said once, with what to do', async () => {
    expect(await run(name, 'import')).toEqual([
      `tokenmeter: a request of OpenAI/JS ${version} is not measured, because openai was loaded before Tokenmeter, or is part of a bundle. Load Tokenmeter first, as in \`node --import @tokenmeter/node/register app.js\`, and keep openai out of bundles, or hand a client to \`instrument(client)\` of @tokenmeter/instrumentation-openai.`,
      '0 calls',
    ])
  })

  test('as CommonJS is measured, and nothing is said', async () => {
    expect(await run(name, 'require')).toEqual(['2 calls'])
  })
})

test('what is not measured is said on the console where OpenTelemetry has no logger', async () => {
  const [calls, said] = await run('openai', 'import', { NO_LOGGER: 'yes' })
  expect(calls).toBe('0 calls')
  expect(said).toMatch(/^tokenmeter: a request of OpenAI\/JS 7\.57\.0 is not measured, .*\n$/)
})

test('nobody listens to requests any more once a client is measured, or nobody watches', async () => {
  const { channel } = await import('node:diagnostics_channel')
  const listens = (): boolean[] =>
    ['undici:request:create', 'http.client.request.start'].map((name) => channel(name).hasSubscribers)
  const watch = watchOpenAI()
  expect(listens()).toEqual([true, true])
  watch.stop()
  expect(listens()).toEqual([false, false])
  watch.start()
  const { OpenAI } = await import('openai')
  instrument(new OpenAI({ apiKey: 'sk-test' }))
  expect(listens()).toEqual([false, false])
  watch.stop()
})
