import { closeSync, openSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folder, linesOf, models, modelsOf, pipe, startUnread } from './support/log-lines.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

/** More than fits into a pipe of 64 kB. */
const MANY = 200

const env = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  OPENAI_BASE_URL: openai.baseURL,
  TOKENMETER_LOGS: 'json',
  ...more,
})

const ourLines = (stderr: string): string[] => stderr.split('\n').filter((line) => line.startsWith('tokenmeter: '))

describe.each(['natural', 'exit', 'crash', 'SIGTERM'])(
  'a reader that comes when all calls are made, ending: %s',
  (ending) => {
    test('finds every line, in order', async () => {
      const program = startUnread([String(MANY), ending], env())
      await program.called
      const { stdout, stderr } = await program.read()
      expect(modelsOf(stdout)).toEqual(models(MANY))
      expect(ourLines(stderr)).toEqual([])
    })
  },
)

test("lines are never within a line of the application's, nor the other way round", async () => {
  const program = startUnread([String(MANY)], env({ HOST_LINES: '3000' }))
  await program.called
  const { stdout } = await program.read()
  const lines = linesOf(stdout)
  const host = lines.filter((line) => !line.startsWith('{'))
  expect(host).toEqual(models(MANY).map((_, index) => `${'h'.repeat(3000)}${index}.`))
  expect(modelsOf(stdout)).toEqual(models(MANY))
  expect(lines).toHaveLength(2 * MANY)
})

test("lines are whole when process.exit() tears the application's own", async () => {
  const program = startUnread([String(MANY), 'exit'], env({ HOST_LINES: '3000' }))
  await program.called
  const { stdout, stderr } = await program.read()
  expect(modelsOf(stdout)).toEqual(models(MANY))
  expect(ourLines(stderr)).toEqual([])
})

test.each([
  ['natural', 0],
  ['exit', 3],
])(
  'a reader that never reads does not keep a program that ends by %s, and what is lost is counted',
  async (ending, code) => {
    using place = folder()
    using unread = pipe(place.path('stdout'))
    const program = startUnread([String(MANY), ending], env(), unread.writeEnd)
    const { stderr, code: exitCode } = await program.read()
    const kept = modelsOf(unread.drain())
    expect(exitCode).toBe(code)
    expect(kept).toEqual(models(kept.length))
    expect(kept.length).toBeLessThan(MANY)
    expect(ourLines(stderr)).toEqual([
      `tokenmeter: ${MANY - kept.length} lines of the log of calls could not be written to stdout (nobody reads it)`,
    ])
  },
)

test('a reader that is gone is one warning, and no failure of the application', async () => {
  const program = startUnread(['5', 'exit'], env())
  program.child.stdout?.destroy()
  const { stderr, code } = await program.read()
  expect(code).toBe(3)
  expect(ourLines(stderr)).toEqual([
    'tokenmeter: cannot write the log of calls to stdout (EPIPE); the application is not affected. ' +
      'See who reads it, or set TOKENMETER_LOG_FILE to write to a file instead',
    'tokenmeter: 5 lines of the log of calls could not be written to stdout (EPIPE)',
  ])
})

test('a full disk behind stdout is one warning, and no failure of the application', async () => {
  const full = openSync('/dev/full', 'w')
  const { stderr, code } = await startUnread(['5', 'exit'], env(), full).read()
  closeSync(full)
  expect(code).toBe(3)
  expect(ourLines(stderr)).toEqual([
    expect.stringContaining('cannot write the log of calls to stdout (ENOSPC)'),
    'tokenmeter: 5 lines of the log of calls could not be written to stdout (ENOSPC)',
  ])
})
