import { execFileSync } from 'node:child_process'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folder, LOGS_ONLY, models, modelsOf, recordsOf } from './support/log-lines.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { type Outcome, ourLines, programPath, run, runRegistered } from './support/run.ts'

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

const variables = (file: string): Record<string, string> => ({
  OPENAI_BASE_URL: openai.baseURL,
  ...LOGS_ONLY,
  TOKENMETER_LOG_FILE: file,
})

function runLogs(args: readonly string[], file: string, more: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return runRegistered('logs.mjs', args, { ...variables(file), ...more })
}

describe.each(['natural', 'exit', 'crash', 'SIGTERM'])('a program that ends by %s', (ending) => {
  test('has every line in the file, in order, in a directory that is made for it', async () => {
    using logs = folder()
    const { stderr } = await runLogs(['50', ending], logs.path('deep/er/calls.log'))
    expect(modelsOf(logs.read('deep/er/calls.log'))).toEqual(models(50))
    expect(stderr).not.toContain('tokenmeter:')
  })
})

test('a file that is full is moved away, and no more files are kept than there may be', async () => {
  using logs = folder()
  const bounds = { TOKENMETER_LOG_FILE_MAX_BYTES: '4096', TOKENMETER_LOG_FILE_MAX_COUNT: '3' }
  await runLogs(['40'], logs.path('calls.log'), bounds)
  const files = ['calls.log.2', 'calls.log.1', 'calls.log']
  expect(readdirSync(logs.path('.')).toSorted()).toEqual(files.toSorted())
  for (const name of files) expect(statSync(logs.path(name)).size).toBeLessThanOrEqual(4096)
  const kept = files.flatMap((name) => modelsOf(logs.read(name)))
  expect(kept).toEqual(models(40).slice(-kept.length))
  expect(kept.length).toBeGreaterThan(12)
})

test('where one file is kept, it begins anew', async () => {
  using logs = folder()
  const bounds = { TOKENMETER_LOG_FILE_MAX_BYTES: '4096', TOKENMETER_LOG_FILE_MAX_COUNT: '1' }
  await runLogs(['20'], logs.path('calls.log'), bounds)
  expect(readdirSync(logs.path('.'))).toEqual(['calls.log'])
  expect(modelsOf(logs.read('calls.log')).at(-1)).toBe('m-19')
})

test('a file that is there is added to', async () => {
  using logs = folder()
  writeFileSync(logs.path('calls.log'), 'a line of before\n')
  await runLogs(['1'], logs.path('calls.log'))
  expect(logs.read('calls.log')).toMatch(/^a line of before\n\{.*\}\n$/)
})

test('a file that somebody moves or deletes is made anew', async () => {
  using logs = folder()
  const program = programPath('logs-moved.mjs')
  const outcome = await run(['--conditions=source', program], variables(logs.path('calls.log')))
  expect(outcome).toEqual({ stdout: 'true\n', stderr: '', code: 0, signal: null })
  expect(modelsOf(logs.read('calls.log.moved'))).toEqual(['m-0'])
  expect(modelsOf(logs.read('calls.log'))).toEqual(['m-2'])
})

test('several processes write whole lines to one file, and lose none while it is rotated', async () => {
  using logs = folder()
  const bounds = { TOKENMETER_LOG_FILE_MAX_BYTES: '8192', TOKENMETER_LOG_FILE_MAX_COUNT: '100' }
  await Promise.all(
    ['exit', 'natural', 'exit'].map((ending) => runLogs(['60', ending], logs.path('calls.log'), bounds)),
  )
  // A process that ends while it takes the lock may leave it.
  const names = readdirSync(logs.path('.')).filter((name) => !name.endsWith('.lock'))
  const all = names.flatMap((name) => modelsOf(logs.read(name)))
  expect(all.toSorted()).toEqual([...models(60), ...models(60), ...models(60)].toSorted())
})

describe('a file that cannot be written is one warning, a count, and no failure of the application', () => {
  test.each([
    ['because the disk is full', '/dev/full', 'ENOSPC'],
    ['because a directory on the way is a file', '/dev/null/calls.log', 'ENOTDIR'],
    ['because it is a directory', '/', 'EISDIR'],
  ])('%s', async (_, path, code) => {
    const outcome = await runLogs(['5', 'exit'], path)
    expect(outcome.code).toBe(3)
    expect(ourLines(outcome)).toEqual([
      `tokenmeter: cannot write the log of calls to ${path} (${code}); the application is not affected. ` +
        'Set TOKENMETER_LOG_FILE to a file that can be written',
      `tokenmeter: 5 lines of the log of calls could not be written to ${path} (${code})`,
    ])
  })

  test('because it is a pipe from which nobody reads', async () => {
    using logs = folder()
    execFileSync('mkfifo', [logs.path('pipe')])
    const outcome = await runLogs(['2', 'exit'], logs.path('pipe'))
    expect(outcome.code).toBe(3)
    expect(ourLines(outcome)).toEqual([
      expect.stringContaining('(ENXIO)'),
      expect.stringContaining('2 lines of the log of calls could not be written'),
    ])
  })
})

test('a path is of the directory in which the process was started', async () => {
  using logs = folder()
  const elsewhere = `process.chdir('/'); import(${JSON.stringify(programPath('logs.mjs'))})`
  const register = new URL('../src/register.ts', import.meta.url).pathname
  const flags = ['--conditions=source', '--import', register, '--eval', elsewhere, 'logs.mjs', '1']
  const outcome = await run(flags, variables('calls.log'), { cwd: logs.path('.') })
  expect(outcome).toEqual({ stdout: '', stderr: '', code: 0, signal: null })
  expect(recordsOf(logs.read('calls.log'))).toHaveLength(1)
})

test('a disk that is full in the middle of a line leaves whole lines before it, and all others are counted', async () => {
  using logs = folder()
  // A limit of the shell stands for the disk: 8 blocks of 512 bytes, and no signal when it is reached.
  const limited = 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"'
  const register = new URL('../src/register.ts', import.meta.url).pathname
  const flags = ['--conditions=source', '--import', register, programPath('logs.mjs'), '20', 'exit']
  const outcome = await run(['-c', limited, process.execPath, ...flags], variables(logs.path('calls.log')), {
    program: 'sh',
  })
  const whole = logs.read('calls.log').split('\n').slice(0, -1)
  expect(outcome.code).toBe(3)
  expect(whole.map((line) => (JSON.parse(line) as { readonly model: string }).model)).toEqual(models(whole.length))
  expect(ourLines(outcome)).toEqual([
    expect.stringContaining('(EFBIG); the application is not affected'),
    expect.stringContaining(`tokenmeter: ${20 - whole.length} lines of the log of calls could not be written`),
  ])
})
