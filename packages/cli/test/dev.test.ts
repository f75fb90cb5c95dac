import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startViewer } from '@tokenmeter/viewer'
import { expect, test } from 'vitest'
import { hasBrowser } from '../src/dev/browser.ts'
import { childEnv } from '../src/dev/child.ts'
import { startProvider } from './support/provider.ts'
import { cli } from './support/run-cli.ts'
import { programPath, startCli } from './support/run-program.ts'

const NODE = process.execPath

test('the calls of a program are shown and summed up, and its exit code is forwarded', async () => {
  await using provider = await startProvider()
  const env = { OPENAI_API_KEY: 'test', OPENAI_BASE_URL: provider.url }
  const asks = [NODE, programPath('asks.mjs'), 'gpt-4o-mini', 'gpt-4o-mini', 'broken', 'in-house', '3']
  const { ended } = startCli(['dev', '--ephemeral', '--port', '0', '--', ...asks], env)
  const { code, stdout, stderr } = await ended
  expect(code).toBe(3)
  expect(stdout).toBe('asked 4\n')
  // 10 tokens at 0.15 and 5 at 0.60 USD a million, three times: the model that answers is the one that is priced.
  expect(stderr).toMatch(
    /^tokenmeter: calls are shown at (http:\/\/127\.0\.0\.1:\d+)\n.*tokenmeter: 4 calls · 0\.0000135 USD · p95 [\d.]+ m?s · 1 error · \1\n$/s,
  )
})

test('a program that registers Tokenmeter itself is measured once', async () => {
  await using provider = await startProvider()
  const env = { OPENAI_API_KEY: 'test', OPENAI_BASE_URL: provider.url }
  const register = import.meta.resolve('@tokenmeter/node/register')
  const asks = [NODE, '--import', register, programPath('asks.mjs'), 'gpt-4o-mini', '0']
  for (const option of [[], ['--no-register']]) {
    const { ended } = startCli(['dev', '--ephemeral', '--port', '0', ...option, '--', ...asks], env)
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([0, expect.stringContaining('tokenmeter: 1 call · 0.0000045 USD · ')])
  }
})

test('what was kept in a file is shown again by the next run, and counted by its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-cli-'))
  try {
    await using provider = await startProvider()
    const env = { OPENAI_API_KEY: 'test', OPENAI_BASE_URL: provider.url }
    const options = ['dev', '--port', '0', '--file', join(folder, 'calls.sqlite')]
    await startCli([...options, '--', NODE, programPath('asks.mjs'), 'gpt-4o-mini', '0'], env).ended
    const again = startCli(options)
    const [, url] = await again.says(/shown at (\S+)/)
    const { calls } = (await (await fetch(`${url}/api/calls`)).json()) as { calls: readonly { cost: string }[] }
    expect(calls.map(({ cost }) => cost)).toEqual(['0.0000045'])
    again.process.kill('SIGINT')
    expect(await again.ended).toMatchObject({ code: 0, stderr: expect.stringContaining(`no calls · ${url}`) })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the next port is taken when the wanted one is, and said', async () => {
  await using first = await startViewer({ port: 0 })
  const { port } = new URL(first.url)
  const { ended } = startCli(['dev', '--ephemeral', '--port', port, '--', NODE, '-e', ''])
  expect((await ended).stderr).toMatch(
    new RegExp(`calls are shown at http://127.0.0.1:\\d+ \\(port ${port} is taken\\)`),
  )
})

test('a signal reaches the program, which ends as it wants to', async () => {
  const running = startCli(['dev', '--ephemeral', '--port', '0', '--', NODE, programPath('waits.mjs')])
  await running.says(/waits/)
  running.process.kill('SIGTERM')
  expect(await running.ended).toMatchObject({ code: 7, stdout: 'waits\nended in order\n' })
})

test('a program that a signal ends has the exit code that shells give it; one that is not there has 127', async () => {
  const kills = [NODE, '-e', 'process.kill(process.pid, "SIGKILL")']
  expect((await startCli(['dev', '--ephemeral', '--port', '0', '--', ...kills]).ended).code).toBe(137)
  const missing = await startCli(['dev', '--ephemeral', '--port', '0', '--', 'no-such-program']).ended
  expect(missing).toMatchObject({ code: 127, stderr: expect.stringContaining('no-such-program cannot be started') })
})

test('the page stays up with --keep', async () => {
  const running = startCli(['dev', '--keep', '--ephemeral', '--port', '0', '--', NODE, '-e', ''])
  const [, url] = await running.says(/shown at (\S+)[^]*the page is up until Ctrl-C/)
  expect((await fetch(`${url}/api/status`)).status).toBe(200)
  running.process.kill('SIGINT')
  expect((await running.ended).code).toBe(0)
})

test('telemetry of the program goes to the viewer, whatever its environment says', () => {
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_SERVICE_NAME: 'desk',
    NODE_OPTIONS: '--enable-source-maps',
  }
  expect(childEnv(env, 'http://127.0.0.1:4320', 'file:///register.mjs')).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4320',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_BLRP_SCHEDULE_DELAY: '200',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_SERVICE_NAME: 'desk',
    NODE_OPTIONS: '--enable-source-maps --import=file:///register.mjs',
    TOKENMETER_METRICS_PORT: '0',
  })
})

test.each([
  ['a terminal on a desktop', true, 'darwin', {}, true],
  ['a terminal with a display', true, 'linux', { DISPLAY: ':0' }, true],
  ['a terminal without a display', true, 'linux', {}, false],
  ['a pipe', false, 'darwin', {}, false],
  ['a machine that builds', true, 'darwin', { CI: 'true' }, false],
] as const)('the page is opened for a person only: %s', (_, isTTY, platform, env, isOpened) => {
  expect(hasBrowser(isTTY, platform, env)).toBe(isOpened)
})

test.each([
  [['dev', 'node', 'app.js'], 'the command stands after --: tokenmeter dev -- node app.js'],
  [['dev', '--port', 'x'], '--port must be a whole number from 0 to 65535, got "x"'],
  [['dev', '--ephemeral', '--file', 'a'], '--file and --ephemeral exclude each other'],
  [['dev', '--prot', '1'], "Unknown option '--prot'"],
])('a command line that is wrong: %j', async (args, message) => {
  const { code, stderr } = await cli(args)
  expect([code, stderr]).toEqual([2, expect.stringContaining(`tokenmeter: ${message}`)])
})

test('what stands after -- is not for us', async () => {
  const { ended } = startCli(['dev', '--ephemeral', '--port', '0', '--', NODE, '--help'])
  expect((await ended).stdout).toContain('Usage: node')
})
